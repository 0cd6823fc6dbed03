// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server in front of several History Servers: what each of them trusts and is shown, and how that changes. */
class HistoryServersServeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestPki euPki = new TestPki();
    private final TestPki usPki = new TestPki();
    private final List<String> euHeads = new CopyOnWriteArrayList<>();
    private final List<String> usHeads = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    /** Knows one application, and says whatever else it is asked in its own name. */
    private static ScriptedUpstream server(
            String name, @Nullable TestPki pki, @Nullable TestPki clients, List<String> heads) throws IOException {
        return new ScriptedUpstream(
                pki == null ? null : TestPki.context(pki.issue("127.0.0.1"), clients), connection -> {
                    while (true) {
                        String head = connection.head();
                        heads.add(head);
                        String entry =
                                "{\"id\":\"%s-1\",\"name\":\"n\",\"attempts\":[{\"completed\":true,\"endTimeEpoch\":1}]}"
                                        .formatted(name);
                        if (head.contains("/api/v1/applications/" + name + "-1 ")) {
                            connection.send(json(entry));
                        } else if (head.contains("/api/v1/applications/")) {
                            connection.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
                        } else if (head.contains("/api/v1/applications")) {
                            connection.send(json("[" + entry + "]"));
                        } else {
                            connection.ok("page of " + name);
                        }
                    }
                });
    }

    private static String json(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private Path config(String servers) throws IOException {
        return Files.writeString(folder.resolve("gatehouse.yaml"), """
                ui: {port: 0}
                management: {port: 0}
                drain: {delay: 0s, timeout: 1s}
                discovery:
                  interval: 100ms
                %s
                """.formatted(servers));
    }

    @Test
    void eachIsSpokenToWithItsOwnTrustCertificateAndCredentials() throws Exception {
        KeyPairFiles shown = TestPki.files(folder, "shown", usPki.issue("gatehouse.example"));
        Path authorization = Files.writeString(folder.resolve("authorization"), "Bearer first-secret\n");
        Path euCa = euPki.caFile(Files.createDirectories(folder.resolve("eu")));
        Path usCa = usPki.caFile(Files.createDirectories(folder.resolve("us")));
        try (ScriptedUpstream eu = server("eu", euPki, null, euHeads);
                ScriptedUpstream us = server("us", usPki, usPki, usHeads)) {
            Path config = config(
                    """
                      historyServers:
                        - {name: eu, url: "https://127.0.0.1:%d", tls: {caFile: %s}}
                        - name: us
                          url: https://127.0.0.1:%d/spark
                          tls: {caFile: %s, certFile: %s, keyFile: %s}
                          authorizationFile: %s
                    """.formatted(eu.port(), euCa, us.port(), usCa, shown.certFile(), shown.keyFile(), authorization));
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
                // Then
                assertThat(gatehouse.get("ui", "/history/eu-1/jobs/").text()).isEqualTo("page of eu");
                assertThat(gatehouse.get("ui", "/history/us-1/jobs/").text()).isEqualTo("page of us");
                Response list = gatehouse.get("ui", "/api/v1/applications");
                assertThat(list.text()).contains("eu-1", "us-1");
                assertThat(list.field("gatehouse-incomplete")).isNull();
                assertThat(usHeads)
                        .isNotEmpty()
                        .allSatisfy(head ->
                                assertThat(head).contains(" /spark/", "Authorization: Bearer first-secret\r\n"));
                assertThat(euHeads).isNotEmpty().noneMatch(head -> head.contains("Authorization"));

                // When: nobody asks for a reload
                Files.writeString(authorization, "Bearer second-secret\n");

                // Then
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(usHeads.getLast()).contains("Bearer second-secret"));

                // When: a file that is none
                Files.writeString(authorization, "third-secret\n");
                Response refused = gatehouse.reload();

                // Then
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.text())
                        .contains("discovery.historyServers[1].authorizationFile", "no value of Authorization")
                        .doesNotContain("third");
                gatehouse.get("ui", "/history/us-1/jobs/");
                assertThat(usHeads.getLast()).contains("Bearer second-secret");
                assertThat(gatehouse.log()).doesNotContain("-secret");
            }
        }
    }

    @Test
    void oneIsAddedWithFilesOfItsOwnAndTakenAwayWhileTheOthersServe() throws Exception {
        Path authorization = Files.writeString(folder.resolve("authorization"), "Basic dXNlcjpwYXNz");
        try (ScriptedUpstream eu = server("eu", null, null, euHeads);
                ScriptedUpstream us = server("us", usPki, null, usHeads)) {
            String both = """
                      historyServers:
                        - {name: eu, url: "http://127.0.0.1:%d"}
                        - {name: us, url: "https://127.0.0.1:%d", tls: {caFile: %s}, authorizationFile: %s}
                    """.formatted(eu.port(), us.port(), usPki.caFile(folder), authorization);
            String one = "  historyServer: {url: \"http://127.0.0.1:%d\"}\n".formatted(eu.port());
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(one))) {
                assertThat(gatehouse.get("ui", "/history/anything/").text()).isEqualTo("page of eu");

                // When
                config(both);
                assertThat(gatehouse.reload().text()).contains("discovery.historyServers");

                // Then
                assertThat(gatehouse.get("ui", "/history/us-1/").text()).isEqualTo("page of us");
                assertThat(usHeads).allSatisfy(head -> assertThat(head).contains("Authorization: Basic dXNlcjpwYXNz"));
                assertThat(gatehouse.get("ui", "/history/eu-1/").text()).isEqualTo("page of eu");

                // When
                config(one);
                gatehouse.reload();

                // Then
                assertThat(gatehouse
                                .get("ui", "/history-servers/us/history/us-1/")
                                .field("location"))
                        .isEqualTo("/history/us-1/");
                assertThat(gatehouse.get("ui", "/history/us-1/").text()).isEqualTo("page of eu");
            }
        }
    }

    @Test
    void aFileThatCannotBeUsedStopsTheStart() throws Exception {
        Path authorization = Files.writeString(folder.resolve("authorization"), "two\nlines");
        Path config = config("""
                  historyServers:
                    - {name: eu, url: "https://h", tls: {caFile: /nowhere/ca.crt}}
                    - {name: us, url: "http://h", authorizationFile: %s}
                """.formatted(authorization));
        for (String command : new String[] {"serve", "validate"}) {
            try (GatehouseProcess gatehouse = GatehouseProcess.start(folder, command, "--config", config.toString())) {
                assertThat(gatehouse.exitCode()).isEqualTo(100);
                assertThat(gatehouse.log())
                        .contains("discovery.historyServers[0].tls", "/nowhere/ca.crt")
                        .contains("discovery.historyServers[1].authorizationFile", "no value of Authorization")
                        .doesNotContain("two\nlines");
            }
        }
    }
}
