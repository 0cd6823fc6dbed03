// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as a user meets it: {@code ./gatehouse demo}, a browser, real Spark. One demo serves all tests; the last one
 * ends it.
 *
 * <p><b>What this test is sensitive to.</b> Spark prefixes its links only when the proxy sends
 * {@code X-Forwarded-Context}. When Gatehouse forgets the header, every page still loads with 200, because
 * {@code /static/…} and {@code /jobs/} at the root are answered by the History Server. The assertion that fails then is
 * {@link UiVisit#assertStaysInside}, first in {@link #everyPageOfTheRunningApplicationStaysBelowItsPrefix}, and it
 * lists {@code /static/…}. Do not replace it by a check for 404s.
 */
@TestMethodOrder(OrderAnnotation.class)
class DemoBrowserST {

    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    /** A page of an application: where to click on the page before, and what must then be shown. */
    private record Step(String name, String click, String path, String heading) {}

    private static final Step JOB = new Step("job", "a[href*='/jobs/job/?id=']", "jobs/job/", "Details for Job ");
    private static final Step STAGES = new Step("stages", "a:Stages", "stages/", "Stages for All Jobs");
    private static final Step STAGE =
            new Step("stage", "a[href*='/stages/stage/?id=']", "stages/stage/", "Details for Stage ");
    private static final Step STORAGE = new Step("storage", "a:Storage", "storage/", "Storage");
    private static final Step RDD =
            new Step("cached RDD", "a[href*='/storage/rdd/?id=']", "storage/rdd/", "RDD Storage Info for ");
    private static final Step ENVIRONMENT = new Step("environment", "a:Environment", "environment/", "Environment");
    private static final Step EXECUTORS = new Step("executors", "a:Executors", "executors/", "Executors");
    private static final Step SQL = new Step("SQL", "a:SQL / DataFrame", "SQL/", "SQL / DataFrame");
    private static final Step QUERY =
            new Step("SQL execution", "a[href*='/SQL/execution/?id=']", "SQL/execution/", "Details for Query ");
    private static final Step JOBS = new Step("jobs", "a:Jobs", "jobs/", "Spark Jobs");

    private static DemoProcess demo;

    @BeforeAll
    static void startDemo(@TempDir Path folder) throws IOException {
        demo = DemoProcess.start(folder);
    }

    @AfterAll
    static void endWhatIsLeft() {
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    @Order(1)
    void theListShowsTheRunningAndTheFinishedApplicationInOneTable(Page page) {
        // When
        openList(page);

        // Then
        UiVisit list = visit("list of applications", page, "/");
        assertThat(page.status()).as("status of page %s", list).isEqualTo(200);
        list.assertClean();
    }

    @Test
    @Order(2)
    void everyPageOfTheRunningApplicationStaysBelowItsPrefix(Page page) {
        // Given
        openList(page);
        String prefix = "/sparkui/" + running() + "/";

        // When
        page.click("a:" + running());

        // Then
        assertShows(page, JOBS, prefix, List.of(prefix));

        // When, Then
        walk(page, prefix, List.of(prefix), JOB, STAGES, STAGE, STORAGE, RDD, ENVIRONMENT, EXECUTORS);
        readThreadDump(page, prefix);
        walk(page, prefix, List.of(prefix), SQL, QUERY, JOBS);
    }

    @Test
    @Order(3)
    void everyPageOfTheFinishedApplicationComesFromTheHistoryServer(Page page) {
        // Given
        openList(page);
        String prefix = "/history/" + finished() + "/";
        List<String> allowed = List.of(prefix, "/static/", "/api/v1/applications/" + finished() + "/");

        // When
        page.click("a:" + finished());

        // Then
        assertShows(page, JOBS, prefix, allowed);

        // When, Then
        walk(page, prefix, allowed, JOB, STAGES, STAGE, STORAGE, ENVIRONMENT, EXECUTORS, SQL, QUERY, JOBS);
    }

    @Test
    @Order(4)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsPath(Page page) {
        // Given
        String prefix = "/sparkui/" + running() + "/";

        // When
        page.open(ui().resolve("/history/" + running() + "/stages/"));

        // Then
        assertShows(page, STAGES, prefix, List.of(prefix));
    }

    @Test
    @Order(5)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsQuery(Page page) {
        // Given
        String prefix = "/sparkui/" + running() + "/";

        // When
        page.open(ui().resolve("/history/" + running() + "/stages/stage/?id=0&attempt=0"));

        // Then
        assertShows(page, STAGE, prefix, List.of(prefix));
        assertThat(URI.create(page.url()).getRawQuery()).isEqualTo("id=0&attempt=0");
    }

    @Test
    @Order(6)
    void nothingSurvivesTheEndOfTheDemo() throws InterruptedException {
        // Given
        demo.tree().observe();
        assertThat(demo.tree().survivors())
                .as("the demo, its Spark processes and their helpers")
                .hasSizeGreaterThan(2);

        // When
        demo.terminate();

        // Then
        assertThat(demo.ended(Duration.ofSeconds(60)))
                .withFailMessage(() -> "the demo did not end within 60 s of SIGTERM:\n" + demo.lastOutput())
                .isTrue();
        await("the demo's processes")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(demo.tree().survivors())
                        .map(ProcessTree::describe)
                        .isEmpty());
    }

    /** The list may be behind for a moment: the History Server reads logs at its own pace. */
    private static void openList(Page page) {
        await("both applications in one table of " + ui())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    page.open(ui());
                    assertThat(tablesWithBoth(page))
                            .withFailMessage(() ->
                                    "no table with " + running() + " and " + finished() + " in:\n" + page.text("body"))
                            .isEqualTo(1);
                });
    }

    private static int tablesWithBoth(Page page) {
        return page.evaluate("[...document.querySelectorAll('table')].filter(table => ['" + running() + "', '"
                        + finished() + "'].every(id => table.innerText.includes(id))).length")
                .asInt();
    }

    private static void walk(Page page, String prefix, List<String> allowed, Step... steps) {
        for (Step step : steps) {
            page.click(step.click());
            assertShows(page, step, prefix, allowed);
        }
    }

    private static void assertShows(Page page, Step step, String prefix, List<String> allowed) {
        UiVisit visit = new UiVisit(step.name(), page, ui(), allowed);
        assertThat(page.status()).as("status of page %s", visit).isEqualTo(200);
        visit.assertClean();
        visit.assertShows(prefix + step.path(), step.heading());
    }

    /**
     * From the executors page: the thread dump comes into a panel by a request of a script; it is also a page of its
     * own.
     */
    private static void readThreadDump(Page page, String prefix) {
        page.click("a:Thread Dump");
        visit("thread dump in a panel", page, prefix).assertClean();
        assertThat(page.text("#executor-detail-offcanvas-body")).contains("Thread dump for executor driver");

        page.open(ui().resolve(prefix + "executors/threadDump/?executorId=driver"));
        Step dump = new Step("thread dump", "", "executors/threadDump/", "Thread dump for executor driver");
        assertShows(page, dump, prefix, List.of(prefix));
    }

    private static UiVisit visit(String name, Page page, String allowed) {
        return new UiVisit(name, page, ui(), List.of(allowed));
    }

    private static URI ui() {
        URI ui = demo.ready().ui();
        return ui.resolve("/");
    }

    private static String running() {
        return demo.ready().applications().running();
    }

    private static String finished() {
        return demo.ready().applications().finished();
    }
}
