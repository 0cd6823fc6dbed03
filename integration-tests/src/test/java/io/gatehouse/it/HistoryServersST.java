// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.session.local.SparkRelease;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two real History Servers of different releases with logs of their own, the older one behind TLS with a CA that nobody else is trusted
 * by: one list, and the pages of both in a browser, which asks for nothing beside the root of the server whose page it is.
 */
class HistoryServersST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static SparkProcesses eu;
    private static SparkProcesses us;
    private static ServeProcess gatehouse;

    /** May install both releases. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    static void start(@TempDir Path folder) throws Exception {
        TestPki pki = new TestPki();
        eu = SparkProcesses.in(Files.createDirectories(folder.resolve("eu")));
        us = SparkProcesses.in(Files.createDirectories(folder.resolve("us")));
        HistoryServerProcess plain = eu.startHistoryServer(SparkRelease.CURRENT, "eu", Map.of());
        int secure = us.freePort();
        us.startHistoryServer(
                SparkRelease.PREVIOUS,
                "us",
                tls(secure, keyStore(folder.resolve("spark.p12"), pki.issue("127.0.0.1"))));
        run(eu, SparkRelease.CURRENT, "current");
        run(us, SparkRelease.PREVIOUS, "previous");
        gatehouse = ServeProcess.start(folder, """
                ui: {port: 0}
                management: {port: 0}
                discovery:
                  interval: 1s
                  historyServers:
                    - {name: eu, url: "%s"}
                    - {name: us, url: "https://127.0.0.1:%d", tls: {caFile: %s}}
                """.formatted(plain.uri(), secure, pki.caFile(folder)));
    }

    private static void run(SparkProcesses spark, SparkRelease release, String name) throws Exception {
        spark.start(release, name, spark.freePort(), Map.of(), SparkProcesses.Trait.BRIEF, SparkProcesses.Trait.ENDING);
    }

    private static Map<String, String> tls(int port, Path keyStore) {
        return Map.of(
                "spark.ssl.historyServer.enabled",
                "true",
                "spark.ssl.historyServer.port",
                Integer.toString(port),
                "spark.ssl.historyServer.keyStore",
                keyStore.toString(),
                "spark.ssl.historyServer.keyStorePassword",
                PASSWORD,
                "spark.ssl.historyServer.keyPassword",
                PASSWORD,
                "spark.ssl.historyServer.keyStoreType",
                "PKCS12",
                "spark.ssl.historyServer.protocol",
                "TLSv1.3");
    }

    private static Path keyStore(Path file, X509Bundle bundle) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "spark", bundle.getKeyPair().getPrivate(), PASSWORD.toCharArray(), bundle.getCertificatePath());
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    @AfterAll
    static void end() {
        if (gatehouse != null) {
            gatehouse.close();
        }
        if (eu != null) {
            eu.close();
        }
        if (us != null) {
            us.close();
        }
    }

    /** The ids of both applications, once both have ended: the History Server may know that a moment before Gatehouse does. */
    private static List<String> applications() {
        return await("both applications in the list, as ended")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> gatehouse.json("/api/v1/applications"),
                        list -> list.size() == 2
                                && !list.findValuesAsText("completed").contains("false"))
                .findValuesAsText("id");
    }

    @Test
    void oneListAndOneFirstPageHaveTheApplicationsOfBoth(Page page) throws Exception {
        List<String> ids = applications();
        JsonNode list = gatehouse.json("/api/v1/applications");
        assertThat(list.findValues("endTimeEpoch").stream().map(JsonNode::asLong))
                .isSortedAccordingTo((left, right) -> Long.compare(right, left));
        await("both in the table of the first page")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    page.open(gatehouse.ui().resolve("/"));
                    assertThat(page.text("#history-summary")).contains(ids);
                });
        new UiVisit("first page", page, gatehouse.ui().resolve("/"), List.of("/")).assertClean();
        page.open(gatehouse.ui().resolve("/apps"));
        assertThat(page.text("table")).contains(ids);
    }

    @Test
    void thePagesOfEachComeFromItsOwnServerAlone(Page page) throws Exception {
        for (String id : applications()) {
            boolean current = isIn(eu, id);
            String root = "/history-servers/" + (current ? "eu/" : "us/");
            SparkWalk walk = new SparkWalk(
                    page,
                    current ? SparkRelease.CURRENT : SparkRelease.PREVIOUS,
                    gatehouse.ui().resolve("/"),
                    root + "history/" + id + "/",
                    List.of(root));
            page.open(gatehouse.ui().resolve("/history/" + id + "/"));
            walk.assertShows(SparkPage.JOBS);
            walk.through(SparkPage.JOB, SparkPage.STAGES, SparkPage.STAGE, SparkPage.ENVIRONMENT, SparkPage.EXECUTORS);
            assertThat(gatehouse.json("/api/v1/applications/" + id).path("id").asText())
                    .isEqualTo(id);
        }
    }

    private static boolean isIn(SparkProcesses spark, String id) throws IOException {
        try (var logs = Files.list(spark.eventLogs())) {
            return logs.anyMatch(log -> log.getFileName().toString().contains(id));
        }
    }
}
