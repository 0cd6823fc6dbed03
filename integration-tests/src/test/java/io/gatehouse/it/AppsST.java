// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The list of all applications in a real browser: live while it is looked at, usable by keyboard, and safe to look at. */
@TestInstance(Lifecycle.PER_CLASS)
class AppsST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>alert(1)</script>";
    /** A page of the list has 50 rows. */
    private static final int NIGHTLIES = 60;

    private final SparkRelease release = SparkRelease.CURRENT;
    private SparkProcesses sparks;
    private int newcomerPort;
    private Door door;

    @BeforeAll
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder) throws Exception {
        sparks = SparkProcesses.in(folder);
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        for (int night = 1; night <= NIGHTLIES; night++) {
            EventLogs.write(
                    sparks.eventLogs(),
                    "app-nightly-%02d".formatted(night),
                    "Nightly load %02d".formatted(night),
                    night % 2 == 0 ? "alice" : "bob",
                    first.plus(Duration.ofDays(night)));
        }
        EventLogs.writeUnfinished(sparks.eventLogs(), "app-elsewhere", "Elsewhere", "carol", first);
        HistoryServerProcess history = sparks.startHistoryServer(release, "history", Map.of());
        newcomerPort = sparks.freePort();
        URI newcomer = URI.create("http://127.0.0.1:" + newcomerPort + "/");
        door = Door.open(folder.resolve("door"), "/gatehouse", history.uri(), newcomer);
        door.awaitListed(true, "app-nightly-01", "app-nightly-%02d".formatted(NIGHTLIES));
        door.awaitListed(false, "app-elsewhere");
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

    @Test
    void anApplicationAppearsAndEndsWithoutAReload(Page page) throws Exception {
        // Given
        open(page, "?sort=-started");
        assertThat(page.text("tbody tr")).contains("app-nightly-60", "finished");
        page.evaluate("window.stillTheSame = true");

        // When
        Driver newcomer =
                sparks.start(release, "newcomer", newcomerPort, Map.of("spark.app.name", HOSTILE), Trait.BRIEF);
        String id = newcomer.id();

        // Then
        await("the new row")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("tbody tr")).contains(id, "running", HOSTILE));

        // When
        newcomer.stop();

        // Then
        await("its end")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("tbody tr")).contains(id, "finished", HOSTILE));
        assertThat(page.evaluate("window.stillTheSame").asBoolean()).isTrue();
        assertThat(page.requests()).filteredOn(BrowserRequest::document).hasSize(1);
        assertThat(page.title()).isEqualTo("Spark applications");
        assertThat(page.count("tbody img, tbody script")).isZero();
        assertClean(page);
    }

    @Test
    void searchingFilteringSortingAndTurningPagesNeedNoMouse(Page page) {
        // Given
        open(page, "");

        // When: the search form is what the keyboard comes to first.
        page.press("Tab");
        page.type("LOAD 4");
        page.press("Enter");

        // Then
        assertThat(rows(page)).hasSize(10).allMatch(row -> row.contains("Nightly load 4"));

        // When
        tabTo(page, "document.activeElement.name === 'user'");
        page.type("alice");
        page.press("Enter");

        // Then
        assertThat(rows(page)).hasSize(5).allMatch(row -> row.contains("alice"));

        // When
        tabTo(page, "document.activeElement.name === 'state'");
        for (String state : List.of("pending", "starting", "running")) {
            page.press("ArrowDown");
            assertThat(page.evaluate("document.activeElement.value").asText()).isEqualTo(state);
        }
        tabTo(page, "document.activeElement.innerText === 'Search'");
        page.press("Enter");

        // Then
        assertThat(page.url()).contains("q=LOAD+4", "user=alice", "state=running");
        assertThat(rows(page)).isEmpty();

        // When
        open(page, "?q=nightly&sort=name");
        tabTo(page, "document.activeElement.innerText === 'next'");
        page.press("Enter");

        // Then
        assertThat(rows(page)).hasSize(NIGHTLIES - 50);
        assertThat(rows(page).getFirst()).contains("Nightly load 51");

        // When
        tabTo(page, "document.activeElement.innerText.startsWith('Name')");
        page.press("Enter");

        // Then
        assertThat(rows(page).getFirst()).contains("Nightly load 60");
        assertClean(page);
    }

    /** What runs in another cluster has a log without an end, and is not dead for that. */
    @Test
    void whatNobodyKnowsHereIsUnknownAndSaysWhy(Page page) {
        open(page, "?user=carol");
        assertThat(rows(page)).singleElement().asString().contains("app-elsewhere", "unknown");
        assertThat(page.evaluate("document.querySelector('tbody tr .mark').title")
                        .asText())
                .contains("it runs elsewhere", "The History Server last read");
    }

    private void open(Page page, String query) {
        page.open(door.at("/apps" + query));
        assertThat(page.status()).isEqualTo(200);
        assertClean(page);
    }

    private void assertClean(Page page) {
        new UiVisit("list of all applications", page, door.list(), List.of(door.basePath() + "/apps")).assertClean();
    }

    private static List<String> rows(Page page) {
        return page.evaluate("[...document.querySelectorAll('tbody tr')].map(row => row.innerText)")
                .valueStream()
                .map(row -> row.asText())
                .toList();
    }

    /** Moves the focus as people do who have no mouse, until it is where they want it. */
    private static void tabTo(Page page, String wanted) {
        for (int press = 0; press < 200; press++) {
            page.press("Tab");
            if (page.evaluate(wanted).asBoolean()) {
                return;
            }
        }
        throw new AssertionError("the keyboard does not get to " + wanted);
    }
}
