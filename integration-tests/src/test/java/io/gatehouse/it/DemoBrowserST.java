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
import static io.gatehouse.it.SparkPage.THREAD_DUMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
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
        SparkWalk live = pages.walkLive(page);

        // When
        page.click("a:" + pages.running());

        // Then
        live.assertShows(JOBS);

        // When, Then
        live.through(JOB, STAGES, STAGE, STORAGE, RDD, ENVIRONMENT, EXECUTORS);
        readThreadDump(page, live);
        live.through(SQL, QUERY, JOBS);
    }

    @Test
    @Order(3)
    void everyPageOfTheFinishedApplicationComesFromTheHistoryServer(Page page) {
        // Given
        pages.openList(page);
        SparkWalk finished = pages.walkFinished(page);

        // When
        page.click("a:" + pages.finished());

        // Then
        finished.assertShows(JOBS);

        // When, Then
        finished.through(JOB, STAGES, STAGE, STORAGE, ENVIRONMENT, EXECUTORS, SQL, QUERY, JOBS);
    }

    @Test
    @Order(4)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsPath(Page page) {
        // When
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/"));

        // Then
        pages.walkLive(page).assertShows(STAGES);
    }

    @Test
    @Order(5)
    void aHistoryLinkIntoTheRunningApplicationKeepsItsQuery(Page page) {
        // When
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/stage/?id=0&attempt=0"));

        // Then
        pages.walkLive(page).assertShows(STAGE);
        assertThat(URI.create(page.url()).getRawQuery()).isEqualTo("id=0&attempt=0");
    }

    @Test
    @Order(6)
    void theLineForSparkConnectThatIsPrintedRunsInPySpark() throws Exception {
        // Given
        String printed = demo.output();
        String url = found(printed, "  Spark Connect {6}(sc://localhost:\\d+)\n");
        String python = found(printed, "For PySpark, such as that of (/\\S+), on one line:");
        String line = found(printed, "\n  (from pyspark\\.sql import .+)\n");
        assertThat(line).contains(url);

        // When
        String output = runInPython(python, line);

        // Then
        assertThat(output).contains("|  0|\n|  1|\n|  2|\n");
    }

    @Test
    @Order(7)
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

    /** What the first group of the only match holds. */
    private static String found(String text, String regex) {
        List<String> all = Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(all).as(() -> regex + " in\n" + text).hasSize(1);
        return all.getFirst();
    }

    /** Its output, both streams; a program of its own, which knows of no Spark but the URL. */
    private static String runInPython(String python, String program) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(python, "-c", program).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SPARK_") || name.startsWith("PYSPARK_"));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isEqualTo(0);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * From the executors page: the thread dump comes into a panel by a request of a script; it is also a page of its
     * own.
     */
    private static void readThreadDump(Page page, SparkWalk live) {
        page.click(THREAD_DUMP.click());
        live.visit("thread dump in a panel").assertClean();
        assertThat(page.text("#executor-detail-offcanvas-body")).contains(THREAD_DUMP.heading());

        live.open(THREAD_DUMP, "?executorId=driver");
    }
}
