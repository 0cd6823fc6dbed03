// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.launcher.config.ConfigImport;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who comes from spark-web-proxy finds its routes at the port where they were: an imported configuration, served. */
class ImportConfigIT {
    private static final String ENTRY = """
            {"id": "%s", "name": "n", "attempts": [{"startTime": "2026-02-20T23:21:17.190GMT", "endTime": "%s",
            "lastUpdated": "2026-02-20T23:21:17.190GMT", "duration": 1, "sparkUser": "u", "completed": %s,
            "appSparkVersion": "4.3.0", "startTimeEpoch": 1771629677190, "endTimeEpoch": %d, "lastUpdatedEpoch": 1771629677190}]}""";
    private static final String RUNNING = ENTRY.formatted("app-live", "1969-12-31T23:59:59.999GMT", false, -1);
    private static final String FINISHED =
            ENTRY.formatted("app-old", "2026-02-20T23:21:18.190GMT", true, 1771629678190L);

    private final TestPorts ports = new TestPorts();

    @TempDir
    private Path folder;

    private ScriptedUpstream driver;
    private ScriptedUpstream history;

    @BeforeEach
    void open() throws Exception {
        driver = spark("driver", "[" + RUNNING + "]", "");
        // Client mode, as that program finds drivers: by what stands in the environment of an unfinished application.
        history = spark("history", "[" + RUNNING + ", " + FINISHED + "]", """
                {"sparkProperties": [["spark.driver.host", "127.0.0.1"], ["spark.ui.port", "%d"],
                ["spark.app.id", "app-live"]]}""".formatted(driver.port()));
    }

    @AfterEach
    void close() throws Exception {
        driver.close();
        history.close();
    }

    /** Answers with its name and the path that it was asked for. */
    private static ScriptedUpstream spark(String name, String list, String environment) throws IOException {
        return new ScriptedUpstream(connection -> {
            while (true) {
                String path = connection.head().split(" ", 3)[1];
                boolean json = path.matches("/api/v1/applications([?].*)?");
                String body = json ? list : path.endsWith("/environment") ? environment : name + " " + path;
                connection.send("HTTP/1.1 200 OK\r\nContent-Type: "
                        + (body.startsWith("[") || body.startsWith("{") ? "application/json" : "text/plain")
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        });
    }

    private GatehouseProcess gatehouse(int port, String proxyBase) throws Exception {
        Path theirs = Files.writeString(folder.resolve("config.yaml"), """
                proxy: {listenAddress: localhost, port: %d, mode: release}
                spark:
                  history: {scheme: http, service: 127.0.0.1, port: %d}
                  ui: {proxyBase: %s}
                  jobNamespaces: [spark]
                logging: {level: info, format: console}
                security:
                  cors: {allowedOrigins: ["https://portal.example.com"]}
                  headers: {X-Team: data}
                """.formatted(port, history.port(), proxyBase));
        String ours = ConfigImport.convert(ConfigImport.Product.SPARK_WEB_PROXY, theirs);
        // The test's own: another port for probes, quick rounds, and a cluster whose API server is not there.
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: away
                clusters: [{name: away, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: us, user: {token: secret}}]
                contexts: [{name: away, context: {cluster: away, user: us}}]
                """);
        Path file = Files.writeString(
                folder.resolve("gatehouse.yaml"),
                ours.replace("discovery:\n", "management: {port: 0}\ndiscovery:\n  interval: 200ms\n")
                        .replace("  cluster:\n", "  cluster:\n    kubeconfig: " + kubeconfig + "\n"));
        GatehouseProcess gatehouse = GatehouseProcess.serve(folder, file);
        assertThat(gatehouse.door("ui").getPort()).isEqualTo(port);
        return gatehouse;
    }

    @ParameterizedTest
    @CsvSource({"/sparkui", "/proxy"})
    void itsRoutesAreWhereTheyWere(String base) throws Exception {
        int port = ports.pick();
        try (GatehouseProcess gatehouse = gatehouse(port, base)) {
            // live UIs and history, and the ways between them
            awaitText(gatehouse, base + "/app-live/jobs/?x=1", "driver /jobs/?x=1");
            assertThat(text(gatehouse, "/history/app-old/1/jobs/")).isEqualTo("history /history/app-old/1/jobs/");
            assertThat(location(gatehouse, "/history/app-live/")).isEqualTo(base + "/app-live/jobs/");
            assertThat(location(gatehouse, base + "/app-old/jobs/")).isEqualTo("/history/app-old/jobs/");
            // without the slash at the end
            assertThat(location(gatehouse, base + "/app-live")).isEqualTo(base + "/app-live/");
            assertThat(location(gatehouse, "/home")).isEqualTo("/home/");
            assertThat(location(gatehouse, "/history")).isEqualTo("/history/");
            // the History Server's own
            assertThat(text(gatehouse, "/static/webui.css")).isEqualTo("history /static/webui.css");
            assertThat(text(gatehouse, "/home/")).isEqualTo("history /home/");
            assertThat(text(gatehouse, "/jobs/")).isEqualTo("history /jobs/");
            assertThat(text(gatehouse, "/?showIncomplete=true")).isEqualTo("history /?showIncomplete=true");
            assertThat(text(gatehouse, "/history/")).isEqualTo("history /history/");
            // the list, and probes
            assertThat(new ObjectMapper()
                            .readTree(text(gatehouse, "/api/v1/applications?status=running"))
                            .findValuesAsText("id"))
                    .contains("app-live");
            for (String probe : new String[] {"/healthz", "/readiness"}) {
                Response health = gatehouse.get("ui", probe);
                assertThat(health.status()).isEqualTo(200);
                assertThat(health.text()).isEqualTo("{\"status\":\"ready\"}");
            }
            // fields for every response
            assertThat(gatehouse.get("ui", "/home/").field("x-team")).isEqualTo("data");
            String origin =
                    "GET /home/ HTTP/1.1\r\nHost: a\r\nOrigin: https://portal.example.com\r\nConnection: close\r\n\r\n";
            assertThat(gatehouse.ask("ui", origin).field("access-control-allow-origin"))
                    .isEqualTo("https://portal.example.com");
        }
    }

    @Test
    void linksBelowProxyLeadToWhereApplicationsAre() throws Exception {
        try (GatehouseProcess gatehouse = gatehouse(ports.pick(), "/sparkui")) {
            awaitText(gatehouse, "/sparkui/app-live/jobs/", "driver /jobs/");
            assertThat(location(gatehouse, "/proxy/app-live/stages/stage/?id=3"))
                    .isEqualTo("/sparkui/app-live/stages/stage/?id=3");
        }
    }

    private static void awaitText(GatehouseProcess gatehouse, String path, String text) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(text(gatehouse, path)).isEqualTo(text));
    }

    private static String text(GatehouseProcess gatehouse, String path) throws IOException {
        return gatehouse.get("ui", path).text();
    }

    private static String location(GatehouseProcess gatehouse, String path) throws IOException {
        Response response = gatehouse.get("ui", path);
        assertThat(response.status()).isEqualTo(302);
        return String.valueOf(response.field("location"));
    }
}
