// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.DemoPages.ENVIRONMENT;
import static io.gatehouse.it.DemoPages.EXECUTORS;
import static io.gatehouse.it.DemoPages.JOB;
import static io.gatehouse.it.DemoPages.JOBS;
import static io.gatehouse.it.DemoPages.QUERY;
import static io.gatehouse.it.DemoPages.RDD;
import static io.gatehouse.it.DemoPages.SQL;
import static io.gatehouse.it.DemoPages.STAGE;
import static io.gatehouse.it.DemoPages.STAGES;
import static io.gatehouse.it.DemoPages.STORAGE;
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

    private static DemoProcess demo;
    private static DemoPages pages;

    @BeforeAll
    static void startDemo(@TempDir Path folder) throws IOException {
        demo = DemoProcess.start(folder);
        pages = new DemoPages(demo, "");
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
        pages.openList(page);

        // Then
        UiVisit list = pages.visit("list of applications", page, "/");
        assertThat(page.status()).as("status of page %s", list).isEqualTo(200);
        list.assertClean();
    }

    @Test
    @Order(2)
    void everyPageOfTheRunningApplicationStaysBelowItsPrefix(Page page) {
        // Given
        pages.openList(page);
        String prefix = pages.live();

        // When
        page.click("a:" + pages.running());

        // Then
        pages.assertShows(page, JOBS, prefix, List.of(prefix));

        // When, Then
        pages.walk(page, prefix, List.of(prefix), JOB, STAGES, STAGE, STORAGE, RDD, ENVIRONMENT, EXECUTORS);
        readThreadDump(page, prefix);
        pages.walk(page, prefix, List.of(prefix), SQL, QUERY, JOBS);
    }

    @Test
    @Order(3)
    void everyPageOfTheFinishedApplicationComesFromTheHistoryServer(Page page) {
        // Given
        pages.openList(page);
        String prefix = pages.history(pages.finished());
        List<String> allowed = pages.allowedToFinished();

        // When
        page.click("a:" + pages.finished());

        // Then
        pages.assertShows(page, JOBS, prefix, allowed);

        // When, Then
        pages.walk(page, prefix, allowed, JOB, STAGES, STAGE, STORAGE, ENVIRONMENT, EXECUTORS, SQL, QUERY, JOBS);
    }

    @Test
    @Order(4)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsPath(Page page) {
        // Given
        String prefix = pages.live();

        // When
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/"));

        // Then
        pages.assertShows(page, STAGES, prefix, List.of(prefix));
    }

    @Test
    @Order(5)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsQuery(Page page) {
        // Given
        String prefix = pages.live();

        // When
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/stage/?id=0&attempt=0"));

        // Then
        pages.assertShows(page, STAGE, prefix, List.of(prefix));
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

    /**
     * From the executors page: the thread dump comes into a panel by a request of a script; it is also a page of its
     * own.
     */
    private static void readThreadDump(Page page, String prefix) {
        page.click("a:Thread Dump");
        pages.visit("thread dump in a panel", page, prefix).assertClean();
        assertThat(page.text("#executor-detail-offcanvas-body")).contains("Thread dump for executor driver");

        page.open(pages.list().resolve(prefix + "executors/threadDump/?executorId=driver"));
        DemoPages.Step dump =
                new DemoPages.Step("thread dump", "", "executors/threadDump/", "Thread dump for executor driver");
        pages.assertShows(page, dump, prefix, List.of(prefix));
    }
}
