// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.TestPki;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Connect door of a whole server: TLS to servers, and what happens when pools and files change. */
class ConnectServeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestPki pki = new TestPki();
    private final HttpClient client = HttpClient.newBuilder()
            .sslContext(TestPki.context(null, pki))
            .version(HttpClient.Version.HTTP_2)
            .build();

    @TempDir
    private Path folder;

    private Path config(String pools) throws Exception {
        var door = TestPki.files(folder, "door", pki.issue("127.0.0.1"));
        return Files.writeString(
                folder.resolve("gatehouse.yaml"), """
                ui: {port: 0}
                connect: {port: 0, tls: {certFile: %s, keyFile: %s}}
                management: {port: 0}
                accessLog: {output: off}
                drain: {delay: 0s, timeout: 1s}
                pools:
                %s
                """.formatted(door.certFile(), door.keyFile(), pools.indent(2)));
    }

    /** The first call of a session, or a further one. */
    private HttpResponse<byte[]> call(GatehouseProcess gatehouse, String session) throws Exception {
        String address =
                gatehouse.url("connect").replaceFirst("^sc://", "https://").replaceFirst("/;.*", "");
        byte[] id = session.getBytes(StandardCharsets.US_ASCII);
        byte[] message = ByteBuffer.allocate(5 + 2 + id.length + 4 + 3)
                .put((byte) 0)
                .putInt(2 + id.length + 4 + 3)
                // session_id, and a user_context with a user_id
                .put((byte) 0x0a)
                .put((byte) id.length)
                .put(id)
                .put(new byte[] {0x12, 5, 0x0a, 3, 'a', 'n', 'n'})
                .array();
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/spark.connect.SparkConnectService/Config"))
                .header("content-type", "application/grpc")
                .header("te", "trailers")
                .POST(BodyPublishers.ofByteArray(message))
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private String server(GatehouseProcess gatehouse, String session) throws Exception {
        HttpResponse<byte[]> answer = call(gatehouse, session);
        return answer.headers()
                .firstValue("x-server")
                .orElseGet(() -> answer.headers().map().toString());
    }

    private static String newSession() {
        return UUID.randomUUID().toString();
    }

    @Test
    void aServerBehindTlsGetsItsTokenAndTheNextOneWhenTheFileChanges() throws Exception {
        // Given
        Path token = Files.writeString(folder.resolve("token"), "one");
        try (ConnectServer spark = new ConnectServer("spark", pki.issue("127.0.0.1"))) {
            Path config =
                    config("- {name: etl, tls: {caFile: %s}, servers: [{url: 'https://127.0.0.1:%d', tokenFile: %s}]}"
                            .formatted(pki.caFile(folder), spark.port(), token));
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
                String session = newSession();
                assertThat(call(gatehouse, session).headers().firstValue("x-token"))
                        .hasValue("Bearer one");

                // When: nobody asks for a reload
                Files.writeString(token, "two");

                // Then
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(
                                        call(gatehouse, session).headers().firstValue("x-token"))
                                .hasValue("Bearer two"));
                assertThat(gatehouse.log())
                        .contains("pools[0].servers[0].tokenFile")
                        .doesNotContain("Bearer");

                // When
                Files.writeString(token, "");

                // Then
                Response refused = gatehouse.reload();
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.text()).contains("the file holds no token");
                assertThat(call(gatehouse, session).headers().firstValue("x-token"))
                        .hasValue("Bearer two");
            }
        }
    }

    @Test
    void aServerThatIsNotTrustedGetsNothingUntilItsCaIs() throws Exception {
        TestPki another = new TestPki("Another CA");
        try (ConnectServer spark = new ConnectServer("spark", another.issue("127.0.0.1"))) {
            Path caFile = pki.caFile(folder);
            Path config = config("- {name: etl, tls: {caFile: %s}, servers: [{url: 'https://127.0.0.1:%d'}]}"
                    .formatted(caFile, spark.port()));
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
                assertThat(call(gatehouse, newSession()).headers().firstValue("grpc-status"))
                        .hasValue("14");
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(gatehouse.log())
                                .contains("the Spark server does not answer", "tls_certificate_error"));

                // When: nobody asks for a reload
                Files.copy(another.caFile(folder), caFile, StandardCopyOption.REPLACE_EXISTING);

                // Then
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(server(gatehouse, newSession())).isEqualTo("spark"));
                assertThat(gatehouse.log()).contains("pools[0].tls");
            }
        }
    }

    @Test
    void poolsChangeAndSessionsStay() throws Exception {
        try (ConnectServer one = new ConnectServer("one", null);
                ConnectServer two = new ConnectServer("two", null)) {
            String pool = "- {name: etl, servers: [{url: 'http://127.0.0.1:%d'}]%s}";
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(pool.formatted(one.port(), "")))) {
                String session = newSession();
                assertThat(server(gatehouse, session)).isEqualTo("one");

                // When: its server leaves, and another comes
                config(pool.formatted(two.port(), ", maxSessionsPerUser: 2"));
                Response reloaded = gatehouse.reload();

                // Then
                assertThat(reloaded.text()).contains("\"pools\"");
                assertThat(server(gatehouse, newSession())).isEqualTo("two");
                assertThat(server(gatehouse, session)).isEqualTo("one");
                assertThat(call(gatehouse, newSession()).headers().firstValue("grpc-status"))
                        .as("the new limit")
                        .hasValue("8");

                // When: a mistake
                config(pool.formatted(two.port(), ", groups: [g]") + "\n" + pool.formatted(one.port(), ""));
                Response refused = gatehouse.reload();

                // Then
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.text()).contains("'etl' stands twice");
                assertThat(server(gatehouse, session)).isEqualTo("one");

                // When: the pool is there no more
                config("- {name: other, servers: [{url: 'http://127.0.0.1:%d'}]}".formatted(two.port()));
                gatehouse.reload();

                // Then
                assertThat(server(gatehouse, newSession())).isEqualTo("two");
            }
        }
    }

    @Test
    void anErrorOfOursHasTheSameNameInTheAnswerTheAccessLogAndTheMetric() throws Exception {
        try (ConnectServer spark = new ConnectServer("spark", null)) {
            Path config = config("- {name: etl, maxSessionsPerUser: 1, servers: [{url: 'http://127.0.0.1:%d'}]}"
                    .formatted(spark.port()));
            Files.writeString(
                    config,
                    Files.readString(config).replace("accessLog: {output: off}", "accessLog: {output: stdout}"));
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
                // Given
                assertThat(server(gatehouse, newSession())).isEqualTo("spark");

                // When: one more than ann may have
                HttpResponse<byte[]> refused = call(gatehouse, newSession());

                // Then
                assertThat(refused.headers().firstValue("grpc-status")).hasValue("8");
                assertThat(refused.headers().firstValue("proxy-status"))
                        .hasValue("gatehouse; error=connection_limit_reached");
                assertThat(refused.headers().firstValue("grpc-status-details-bin"))
                        .as("PySpark looks for an error of Spark's there")
                        .isEmpty();
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(gatehouse.log()).contains("\"error\":\"connection_limit_reached\""));
                assertThat(gatehouse.get("management", "/metrics").text().lines())
                        .anyMatch(line -> line.startsWith("gatehouse_request_errors_total")
                                && line.contains("reason=\"connection_limit_reached\"")
                                && line.contains("listener=\"connect\""));
            }
        }
    }

    @Test
    void aTokenThatOthersCanReadIsWarnedOf() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "secret");
        Path config = config("""
                - name: etl
                  servers:
                    - {url: 'http://spark.example.invalid:15002', tokenFile: %1$s}
                    - {url: 'http://localhost:1', tokenFile: %1$s}
                    - {url: 'https://tls.example.invalid:15002', tokenFile: %1$s}
                    - {url: 'http://other.example.invalid:15002'}""".formatted(token));
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
            assertThat(gatehouse.log().lines().filter(line -> line.contains("in the clear")))
                    .singleElement()
                    .asString()
                    .contains("WARN", "spark.example.invalid:15002");
        }
    }
}
