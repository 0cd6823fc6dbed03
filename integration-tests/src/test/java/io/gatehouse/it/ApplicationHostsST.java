// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.SparkPage.ENVIRONMENT;
import static io.gatehouse.it.SparkPage.EXECUTORS;
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
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import io.gatehouse.it.browser.PageProblem;
import io.gatehouse.session.local.SparkRelease;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

/**
 * Applications of both releases at hosts of their own: each shows all its pages there and asks for nothing elsewhere, and what one
 * user's driver sends can neither read nor press anything of another's, or of the platform.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ApplicationHostsST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String DOMAIN = "apps.example.test";

    private SparkProcesses sparks;
    private Driver current;
    private Driver previous;
    private Driver ending;
    private Door door;

    /** May install both releases. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder) throws Exception {
        sparks = SparkProcesses.in(folder);
        current = start("current", SparkRelease.CURRENT);
        previous = start("previous", SparkRelease.PREVIOUS);
        ending = start("ending", SparkRelease.CURRENT, Trait.BRIEF);
        URI history = sparks.startHistoryServer(SparkRelease.CURRENT, "history", Map.of())
                .uri();
        door = Door.withHosts(
                folder.resolve("door"),
                DOMAIN,
                "spark.example.test",
                history,
                current.ui(),
                previous.ui(),
                ending.ui());
        door.awaitListed(false, current.id(), previous.id(), ending.id());
    }

    private Driver start(String name, SparkRelease release, Trait... traits) throws Exception {
        return sparks.start(release, name, sparks.freePort(), Map.of(), traits);
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

    /** The host of an application, as a browser has it in its address line. */
    private URI hostOf(Driver driver) {
        return URI.create(
                "http://" + driver.id() + "." + DOMAIN + ":" + door.main().getPort() + "/");
    }

    private SparkWalk walk(Page page, Driver driver) {
        String prefix = "/sparkui/" + driver.id() + "/";
        return new SparkWalk(page, driver.release(), hostOf(driver), prefix, List.of(prefix));
    }

    private static String originOf(URI host) {
        return host.getScheme() + "://" + host.getAuthority();
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void theListLeadsToAnApplicationThatShowsAllItsPagesOnItsHost(Driver driver, Page page) {
        // Given
        SparkWalk walk = walk(page, driver);
        page.open(door.list());

        // When
        page.click("a:" + driver.id());

        // Then
        walk.assertIs(JOBS);
        assertThat(URI.create(page.url())).hasAuthority(hostOf(driver).getAuthority());
        assertThat(page.requests())
                .filteredOn(request -> !request.origin().equals(originOf(hostOf(driver))))
                .isNotEmpty()
                .allMatch(request -> request.document() && request.redirected())
                .extracting(BrowserRequest::origin)
                .containsOnly(originOf(door.main()));
        walk.through(JOB, STAGES, STAGE, STORAGE, RDD, ENVIRONMENT, EXECUTORS, SQL, QUERY, STREAMS, STREAM);
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void aPageKillsWhatIsOnItsOwnHost(Driver driver, Page page) {
        // Given
        Kill kill = Kill.ofWhatRuns(Kill.Kind.JOB, driver);
        SparkWalk walk = walk(page, driver);
        walk.open(JOBS, "");

        // When
        kill.through(walk);

        // Then
        await("its end").untilAsserted(() -> assertThat(kill.status()).isEqualTo("FAILED"));
    }

    /** A script of 3.5's page: those of 4.3 are kept from asking other hosts by Spark itself. */
    @Test
    void aPageDoesNotKillWhatIsOnAnotherHost(Page page) {
        // Given
        Kill kill = Kill.ofWhatRuns(Kill.Kind.JOB, current);
        walk(page, previous).open(JOBS, "");

        // When
        page.evaluate("""
                fetch('%s', {method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams({id: '%s'})})
                    .then(() => 'sent')
                """.formatted(
                        hostOf(current).resolve(walk(page, current).prefix() + "jobs/job/kill/"), kill.id()));

        // Then
        assertThat(page.requests())
                .filteredOn(request -> request.method().equals("POST"))
                .singleElement()
                .returns(403, BrowserRequest::status);
        assertThat(kill.status()).isEqualTo("RUNNING");
    }

    @Test
    void aScriptReadsNothingOfOtherHosts(Page page) {
        URI here = hostOf(previous).resolve("/sparkui/" + previous.id() + "/jobs/");
        page.open(here);
        assertThat(read(page, here)).contains("Spark Jobs");
        for (URI elsewhere : List.of(
                hostOf(current).resolve("/sparkui/" + current.id() + "/jobs/"),
                door.at("/sparkui/" + current.id() + "/jobs/"),
                door.at("/"),
                door.at("/apps"),
                door.at("/api/v1/applications"))) {
            page.open(here);
            assertThat(read(page, elsewhere)).isEqualTo("TypeError: Failed to fetch");
            assertThat(page.problems())
                    .filteredOn(problem -> problem.kind() == PageProblem.Kind.BROWSER_LOG)
                    .extracting(PageProblem::text)
                    .anyMatch(text -> text.contains("blocked by CORS policy"));
        }
    }

    /** What a script gets to see that asks for an address with all that the browser has for it. */
    private static String read(Page page, URI address) {
        return page.evaluate("fetch('" + address
                        + "', {credentials: 'include'}).then(answer => answer.text(), error => '' + error)")
                .asText();
    }

    /** A driver's own words have an address on the main host too, for programs. */
    @Test
    void whatADriverSendsOnTheMainHostIsNotOfItsOrigin(Page page) {
        page.open(door.at("/api/v1/applications/" + current.id() + "/jobs"));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.evaluate("self.origin").asText()).isEqualTo("null");
    }

    /** The page's scripts and styles are asked for when there is no driver any more, and come from the History Server. */
    @Test
    void theEndLeadsToTheHistoryOnTheMainHost(Page page) {
        // Given
        String id = ending.id();
        CompletableFuture<Void> end = page.beforeAskingFor("*/static/*", () -> {
            ending.stop();
            ending.awaitEnd();
        });

        // When
        page.open(door.at("/app/" + id + "/stages/"));

        // Then
        assertThat(end).isCompleted();
        walk(page, ending).assertIs(STAGES);
        assertThat(page.requests())
                .filteredOn(request -> !request.document())
                .extracting(BrowserRequest::origin)
                .containsOnly(originOf(hostOf(ending)));
        SeenErrors.assertNone(page);

        // When
        await("the history").atMost(PATIENCE).until(() -> {
            page.reload();
            return page.path().startsWith("/history/");
        });

        // Then
        page.reload();
        door.finished(page, SparkRelease.CURRENT, id).assertShows(STAGES);
        page.open(hostOf(ending));
        page.awaitPath("/history/");
        assertThat(URI.create(page.url())).hasAuthority(door.main().getAuthority());
        SeenErrors.assertNone(page);
    }
}
