// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.SparkPage.ENVIRONMENT;
import static io.gatehouse.it.SparkPage.EXECUTORS;
import static io.gatehouse.it.SparkPage.HEAP_HISTOGRAM;
import static io.gatehouse.it.SparkPage.JOB;
import static io.gatehouse.it.SparkPage.JOBS;
import static io.gatehouse.it.SparkPage.QUERY;
import static io.gatehouse.it.SparkPage.RDD;
import static io.gatehouse.it.SparkPage.SQL;
import static io.gatehouse.it.SparkPage.STAGE;
import static io.gatehouse.it.SparkPage.STAGES;
import static io.gatehouse.it.SparkPage.STORAGE;
import static io.gatehouse.it.SparkPage.STREAM;
import static io.gatehouse.it.SparkPage.STREAMS;
import static io.gatehouse.it.SparkPage.THREAD_DUMP;
import static io.gatehouse.it.SparkPanel.DAG_OF_JOB;
import static io.gatehouse.it.SparkPanel.DAG_OF_STAGE;
import static io.gatehouse.it.SparkPanel.TIMELINE_OF_JOBS;
import static io.gatehouse.it.SparkPanel.TIMELINE_OF_STAGES;
import static io.gatehouse.it.SparkPanel.TIMELINE_OF_TASKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every page of a release of Spark in a real browser, through doors at the root and below a path: of drivers that were told
 * nothing, that have a prefix of their own, and of the History Server. Nothing is asked for outside the prefix, every request
 * is answered with 200, and the browser has nothing to complain about that it does not complain about without a door.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class EveryPage {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String BASE = "/gatehouse";

    private final SparkRelease release;
    private final List<Door> doors = new ArrayList<>();
    private SparkProcesses sparks;
    private Driver plain;
    private Driver based;
    private Driver reversed;
    private Driver finished;

    EveryPage(SparkRelease release) {
        this.release = release;
    }

    /** Installs this Spark where it is missing, which may take minutes and must not take for ever. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder) throws Exception {
        sparks = SparkProcesses.in(folder);
        plain = start("plain", Map.of());
        based = start("based", Map.of("spark.ui.proxyBase", "/driver-7"));
        reversed = start(
                "reversed",
                Map.of("spark.ui.reverseProxy", "true", "spark.ui.reverseProxyUrl", "https://front.example/spark"));
        finished = start("finished", Map.of(), Trait.ENDING);
        URI history = sparks.startHistoryServer(release, "history", Map.of()).uri();
        URI basedHistory = sparks.startHistoryServer(
                        release, "based-history", Map.of("spark.ui.proxyBase", "/history-server-7"))
                .uri();
        doors.add(door(folder, "root", "", history));
        doors.add(door(folder, "below", BASE, history));
        doors.add(door(folder, "root-based", "", basedHistory));
        doors.add(door(folder, "below-based", BASE, basedHistory));
        for (Door door : doors) {
            door.awaitListed(false, plain.id(), based.id(), reversed.id());
            door.awaitListed(true, finished.id());
        }
    }

    private Driver start(String name, Map<String, String> configuration, Trait... traits) throws Exception {
        return sparks.start(release, name, sparks.freePort(), configuration, traits);
    }

    private Door door(Path folder, String name, String basePath, URI history) throws IOException {
        return Door.open(folder.resolve(name), basePath, history, plain.ui(), based.ui(), reversed.ui());
    }

    @AfterAll
    void end() {
        doors.forEach(Door::close);
        if (sparks != null) {
            sparks.close();
        }
    }

    /** A driver and the door that it is visited through. */
    record Place(Door door, Driver driver) {
        SparkWalk walk(Page page) {
            return door.live(page, driver.release(), driver.id());
        }

        @Override
        public String toString() {
            return driver + " below '" + door.basePath() + "/'";
        }
    }

    Stream<Place> places() {
        Door root = doors.get(0);
        Door below = doors.get(1);
        return Stream.of(
                new Place(root, plain), new Place(below, plain), new Place(below, based), new Place(root, reversed));
    }

    List<Door> doors() {
        return doors;
    }

    @ParameterizedTest
    @MethodSource("places")
    void everyPageOfARunningApplicationWorks(Place place, Page page, @TempDir Path folder) {
        walkThroughLiveUi(place.walk(page), folder);
    }

    /** What {@link SparkDefect} says of this release, it does without a door too; and so it is not ours. */
    @Test
    void everyPageIsTheSameWithoutADoor(Page page, @TempDir Path folder) {
        SparkWalk walk = new SparkWalk(page, release, plain.ui(), "/", List.of("/"));
        walkThroughLiveUi(walk, folder);
        walk.open(JOBS, "");
        Kill.ofWhatRuns(Kill.Kind.JOB, plain).ask(page);
    }

    private void walkThroughLiveUi(SparkWalk walk, Path folder) {
        walk.open(JOBS, "");
        walk.unfold(TIMELINE_OF_JOBS);
        walk.through(JOB);
        walk.unfold(TIMELINE_OF_STAGES);
        walk.unfold(DAG_OF_JOB);
        walk.through(STAGES, STAGE);
        walk.unfold(TIMELINE_OF_TASKS);
        walk.unfold(DAG_OF_STAGE);
        walk.through(STORAGE, RDD, ENVIRONMENT, EXECUTORS);
        walk.open(THREAD_DUMP, "?executorId=driver");
        walk.open(HEAP_HISTOGRAM, "?executorId=driver");
        walk.through(SQL, QUERY);
        walk.assertPlan(folder);
        walk.through(STREAMS, STREAM);
    }

    @ParameterizedTest
    @MethodSource("places")
    void aClickKillsAJobAndAnotherAStage(Place place, Page page) {
        for (Kill.Kind kind : Kill.Kind.values()) {
            Kill kill = Kill.ofWhatRuns(kind, place.driver());
            SparkWalk walk = place.walk(page);
            walk.open(kind.list(), "");

            kill.through(walk);

            walk.assertIs(kind.list());
            await("its end").untilAsserted(() -> assertThat(kill.status()).isEqualTo("FAILED"));
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void theFirstPageLeadsToEveryPageOfAFinishedApplication(Door door, Page page, @TempDir Path folder) {
        // Given
        UiVisit list = new UiVisit("list of applications", page, door.list(), List.of(door.basePath() + "/"));

        // When
        page.open(door.list());

        // Then
        list.assertClean();
        assertThat(page.text("#history-summary")).contains(finished.id(), plain.id(), based.id(), reversed.id());

        // When
        page.click("a:Show incomplete applications");

        // Then
        list.assertClean();
        assertThat(page.text("#history-summary")).contains(plain.id()).doesNotContain(finished.id());

        // When
        page.click("a:Back to completed applications");
        page.click("a:" + finished.id());

        // Then
        SparkWalk walk = door.finished(page, release, finished.id());
        walk.assertShows(JOBS);
        walk.unfold(TIMELINE_OF_JOBS);
        walk.through(JOB);
        walk.unfold(TIMELINE_OF_STAGES);
        walk.unfold(DAG_OF_JOB);
        walk.through(STAGES, STAGE);
        walk.unfold(TIMELINE_OF_TASKS);
        walk.unfold(DAG_OF_STAGE);
        walk.through(STORAGE, ENVIRONMENT, EXECUTORS, SQL, QUERY);
        walk.assertPlan(folder);
        walk.through(STREAMS, STREAM);
    }

    /** What the drivers with a prefix of their own send, in one piece and in small ones; jsoup judges the trees. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jobs/",
                "jobs/job/?id=0",
                "stages/",
                "stages/stage/?id=0&attempt=0",
                "storage/",
                "environment/",
                "executors/",
                "executors/threadDump/?executorId=driver",
                "SQL/",
                "SQL/execution/?id=0"
            })
    void itDoesNotMatterHowARealPageIsCut(String path) throws IOException {
        for (Driver driver : List.of(based, reversed)) {
            RewrittenPage.assertSameHoweverItIsCut(driver.ui(), path);
        }
    }
}
