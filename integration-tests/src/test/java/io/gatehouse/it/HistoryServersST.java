// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.session.local.FreePorts;
import io.gatehouse.session.local.HistoryServer;
import io.gatehouse.session.local.PythonApplication;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two real History Servers with folders of their own, one of them behind TLS with a CA that nobody else is trusted by: one list, and the
 * pages of both in a browser, which asks for nothing beside the root of the server whose page it is.
 */
class HistoryServersST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static RealSpark spark;
    private static ServeProcess gatehouse;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        FreePorts ports = new FreePorts();
        int eu = ports.pick(0);
        int usPlain = ports.pick(0);
        int us = ports.pick(0);
        TestPki pki = new TestPki();
        Path euLogs = Files.createDirectories(folder.resolve("eu-logs"));
        Path usLogs = Files.createDirectories(folder.resolve("us-logs"));
        spark = RealSpark.in(folder);
        spark.start(spark.spark().historyServer(new HistoryServer("eu", eu, euLogs)));
        spark.start(spark.spark()
                .historyServer(new HistoryServer(
                        "us",
                        usPlain,
                        usLogs,
                        HistoryServer.DEFAULT_UPDATE_INTERVAL,
                        Map.of(
                                "spark.ssl.historyServer.enabled",
                                "true",
                                "spark.ssl.historyServer.port",
                                Integer.toString(us),
                                "spark.ssl.historyServer.keyStore",
                                keyStore(folder, pki.issue("127.0.0.1")).toString(),
                                "spark.ssl.historyServer.keyStorePassword",
                                PASSWORD,
                                "spark.ssl.historyServer.keyPassword",
                                PASSWORD,
                                "spark.ssl.historyServer.keyStoreType",
                                "PKCS12",
                                "spark.ssl.historyServer.protocol",
                                "TLSv1.3"))));
        finish("eu-app", euLogs);
        finish("us-app", usLogs);
        gatehouse = ServeProcess.start(folder, """
                ui: {port: 0}
                management: {port: 0}
                discovery:
                  interval: 1s
                  historyServers:
                    - {name: eu, url: "http://127.0.0.1:%d"}
                    - {name: us, url: "https://127.0.0.1:%d", tls: {caFile: %s}}
                """.formatted(eu, us, pki.caFile(folder)));
    }

    private static void finish(String name, Path logs) throws Exception {
        spark.start(spark.spark()
                .pythonApplication(new PythonApplication(
                        name, spark.script("finished_app.py"), List.of(), OptionalInt.empty(), logs, Map.of())));
    }

    private static Path keyStore(Path folder, X509Bundle bundle) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "spark", bundle.getKeyPair().getPrivate(), PASSWORD.toCharArray(), bundle.getCertificatePath());
        Path file = folder.resolve("spark.p12");
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
        if (spark != null) {
            spark.close();
        }
    }

    /** The ids of both applications, each from its server, what ended last before the other. */
    private static List<String> applications() {
        return await("both applications in the list")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(HistoryServersST::listed, ids -> ids.size() == 2);
    }

    private static List<String> listed() throws IOException {
        return gatehouse.json("/api/v1/applications?status=completed").findValuesAsText("id");
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
        new UiVisit("first page", page, gatehouse.ui().resolve("/"), List.of("/", "/history-servers/eu/"))
                .assertClean();
        page.open(gatehouse.ui().resolve("/apps"));
        assertThat(page.text("table")).contains(ids);
    }

    @Test
    void thePagesOfEachComeFromItsOwnServerAlone(Page page) throws Exception {
        for (String id : applications()) {
            String name = serverOf(id);
            String root = "/history-servers/" + name + "/";
            String prefix = root + "history/" + id + "/";
            URI ui = gatehouse.ui().resolve("/");
            page.open(ui.resolve("/history/" + id + "/"));
            DemoPages.assertShows(page, ui, DemoPages.JOBS, prefix, List.of(root));
            for (DemoPages.Step step : List.of(
                    DemoPages.JOB,
                    DemoPages.STAGES,
                    DemoPages.STAGE,
                    DemoPages.STORAGE,
                    DemoPages.ENVIRONMENT,
                    DemoPages.EXECUTORS,
                    DemoPages.SQL,
                    DemoPages.QUERY)) {
                page.click(step.click());
                DemoPages.assertShows(page, ui, step, prefix, List.of(root));
            }
            assertThat(gatehouse.json("/api/v1/applications/" + id).path("id").asText())
                    .isEqualTo(id);
        }
    }

    /** As the server itself has its log. */
    private static String serverOf(String id) throws IOException {
        try (var logs = Files.walk(spark.folder().resolve("eu-logs"))) {
            return logs.anyMatch(log -> log.getFileName().toString().contains(id)) ? "eu" : "us";
        }
    }
}
