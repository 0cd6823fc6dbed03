// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.SparkPage.JOBS;
import static io.gatehouse.it.SparkPage.STAGE;
import static io.gatehouse.it.SparkPage.STAGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real applications end while somebody has their pages open: the same link goes on to their history, and nobody sees an error
 * on the way. One History Server, of Spark 4.3, reads the logs of drivers of both releases.
 */
@TestInstance(Lifecycle.PER_CLASS)
class EndOfApplicationST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String LINK = "stages/stage/?id=0&attempt=0";

    private SparkProcesses sparks;
    private HistoryServerProcess history;
    private Driver current;
    private Driver previous;
    private Driver busy;
    private Driver killed;
    private Door door;

    /** May install both releases. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder) throws Exception {
        sparks = SparkProcesses.in(folder);
        current = start("current", SparkRelease.CURRENT);
        previous = start("previous", SparkRelease.PREVIOUS);
        busy = start("busy", SparkRelease.CURRENT);
        killed = start("killed", SparkRelease.CURRENT);
        history = sparks.startHistoryServer(SparkRelease.CURRENT, "history", Map.of());
        door = door(folder.resolve("door"));
        door.awaitListed(false, current.id(), previous.id(), busy.id(), killed.id());
    }

    private Driver start(String name, SparkRelease release) throws Exception {
        return sparks.start(release, name, sparks.freePort(), Map.of(), Trait.BRIEF);
    }

    private Door door(Path folder) throws IOException {
        return Door.open(folder, "", history.uri(), current.ui(), previous.ui(), busy.ui(), killed.ui());
    }

    @AfterEach
    void go() {
        history.resume();
    }

    @AfterAll
    void end() {
        if (door != null) {
            door.close();
        }
        if (sparks != null) {
            sparks.close();
        }
    }

    List<Driver> drivers() {
        return List.of(current, previous);
    }

    /** Presses F5 from before the end until the history is there. */
    @ParameterizedTest
    @MethodSource("drivers")
    void whoeverReloadsAllTheTimeComesToTheSamePageOfTheHistory(Driver driver, Page page) {
        // Given
        String id = driver.id();
        page.open(door.at("/app/" + id + "/" + LINK));
        door.live(page, driver.release(), id).assertShows(STAGE);

        // When
        driver.stop();
        await("the history").atMost(PATIENCE).until(() -> {
            page.reload();
            return page.path().startsWith("/history/");
        });

        // Then
        SeenErrors.assertNone(page);
        page.reload();
        door.finished(page, SparkRelease.CURRENT, id).assertShows(STAGE);
        assertThat(URI.create(page.url()).getRawQuery()).isEqualTo("id=0&attempt=0");

        // When
        page.open(door.at("/app/" + id + "/" + LINK));

        // Then
        door.finished(page, SparkRelease.CURRENT, id).assertShows(STAGE);
        SeenErrors.assertNone(page);
    }

    /** The page is there, and its tables, which scripts fill, are not: nobody has their data at this moment. */
    @Test
    void aPageThatLoadsAsItsDriverEndsLeadsToAPageThatGoesOnByItself(Page page) {
        // Given
        String id = busy.id();
        String data = "/sparkui/" + id + "/api/v1/applications";
        CompletableFuture<Void> end = page.beforeAskingFor("*" + data, () -> {
            history.pause();
            busy.stop();
            busy.awaitEnd();
            door.awaitGone(id);
        });

        // When
        page.open(door.at("/app/" + id + "/" + LINK));

        // Then
        assertThat(end).isCompleted();
        door.live(page, busy.release(), id).assertIs(STAGE);
        assertThat(page.requests())
                .filteredOn(request -> request.path().equals(data))
                .singleElement()
                .returns(503, BrowserRequest::status)
                .matches(SeenErrors::isRefusedData);
        assertThat(page.evaluate("fetch('" + data + "').then(answer => answer.json())")
                        .path("detail")
                        .asText())
                .contains("The application ended");

        // When
        page.click(STAGES.click());

        // Then
        assertThat(page.text("h1")).startsWith("Finalising");
        assertThat(page.path()).isEqualTo("/sparkui/" + id + "/stages/");

        // When
        history.resume();

        // Then
        page.awaitPath("/history/");
        page.reload();
        door.finished(page, SparkRelease.CURRENT, id).assertShows(STAGES);
        SeenErrors.assertNone(page);
    }

    /** A driver that could not say that it ends: its log never will be whole, and the History Server lists it for ever. */
    @Test
    void aKilledDriverIsToldFromOneThatRuns(Page page, @TempDir Path folder) throws IOException {
        // Given
        String id = killed.id();
        page.open(door.at("/app/" + id + "/"));
        door.live(page, killed.release(), id).assertShows(JOBS);
        // The History Server knows it by now, or would take it for one that never was.
        history.awaitListed(id);

        // When
        killed.kill();
        page.click(STAGES.click());

        // Then
        assertThat(page.text("h1")).startsWith("Finalising");
        await("what is known of it")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("main")).contains("has no end yet", "killed"));
        SeenErrors.assertNone(page);

        // When
        page.click("a:Show what has been read so far");

        // Then: loaded once more, since the page before has asked for its own address until it was left.
        page.reload();
        door.finished(page, SparkRelease.CURRENT, id).assertShows(JOBS);

        // When
        page.open(door.at("/apps?q=" + id));

        // Then
        assertThat(page.text("tbody")).contains(id, "finalising");

        // When: a door that never knew it cannot tell that it is dead; it may run elsewhere, and its log was written to
        // just now.
        try (Door other = door(folder.resolve("other"))) {
            page.open(other.at("/apps?q=" + id));

            // Then
            await("the History Server's list").atMost(PATIENCE).untilAsserted(() -> {
                page.reload();
                assertThat(page.text("tbody")).contains(id, "unknown");
            });

            // When
            page.click("a:" + id);

            // Then
            other.finished(page, SparkRelease.CURRENT, id).assertShows(JOBS);
        }
        SeenErrors.assertNone(page);
    }
}
