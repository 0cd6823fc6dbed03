// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.identity.Dex;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every Spark Connect client through the Connect door to two real servers, with passwords that a real provider checks. What clients do
 * stands in connect_clients.py.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectClientsST {
    /** More than a provider could be asked for unnoticed: PySpark makes a call for each piece of a result, to say that it has it. */
    private static final int MANY_CALLS = 50;

    @TempDir
    private static Path folder;

    private SparkProcesses spark;
    private Dex dex;
    private Path caFile;
    private List<ConnectServerProcess> servers;
    private ClientScript script;
    private ServeProcess secure;
    private ServeProcess plain;

    @BeforeAll
    void start() throws Exception {
        spark = SparkProcesses.in(Files.createDirectory(folder.resolve("spark")));
        Map<String, String> settings = Map.of(
                // Of each result stream no more than a second comes in one call.
                "spark.connect.execute.reattachable.senderMaxStreamDuration", "1s",
                // For what sleeps side by side.
                "spark.master", "local[8]");
        servers = List.of(spark.startConnect("connect-1", settings), spark.startConnect("connect-2", settings));
        dex = new Dex(Files.createDirectory(folder.resolve("dex")));
        dex.start();
        TestPki pki = new TestPki();
        caFile = pki.caFile(folder);
        KeyPairFiles files = TestPki.files(folder, "door", pki.issue("localhost"));
        script = ClientScript.in(folder, "connect_clients.py");
        secure = serve("secure", "tls: {certFile: %s, keyFile: %s}".formatted(files.certFile(), files.keyFile()));
        plain = serve("plain", "maxConnections: 1000");
    }

    private ServeProcess serve(String name, String connect) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), Dex.SECRET);
        return ServeProcess.start(Files.createDirectory(folder.resolve(name)), """
                ui: {port: 0}
                management: {port: 0}
                connect: {port: 0, %s}
                identity: {oidc: {issuer: "%s", clientId: %s, clientSecretFile: %s}}
                pools:
                  - name: etl
                    maxSessionsPerUser: 0
                    servers: [{url: "%s"}, {url: "%s"}]
                """.formatted(
                        connect,
                        dex.issuer(),
                        Dex.CLIENT,
                        secret,
                        servers.getFirst().grpc(),
                        servers.getLast().grpc()));
    }

    @AfterAll
    void stop() {
        for (AutoCloseable each : new AutoCloseable[] {secure, plain, dex, spark}) {
            close(each);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientWorksWithSessionsOnTwoServers(ConnectClient client) throws Exception {
        run(client, "work", secure.connectAddress()).awaitOk();
    }

    @ParameterizedTest
    @EnumSource
    void aClientShowsItsPasswordInEveryFormThatItHas(ConnectClient client) throws Exception {
        run(client, "forms", secure.connectAddress(), plain.connectAddress()).awaitOk();

        // Then: Spark has worked for whom the provider knows, and has seen no password
        for (ConnectServerProcess server : servers) {
            List<JsonNode> jobs = server.jobs();
            assertThat(jobs)
                    .isNotEmpty()
                    .allSatisfy(job ->
                            assertThat(job.path("jobTags").toString()).containsPattern("_User_(alice|bob)_Session_"));
            assertThat(jobs.toString()).doesNotContain("alice-pw", "YWxpY2VAZXhhbXBsZS5jb206");
        }
    }

    @Test
    void theClientWithoutAJvmHasNone() throws Exception {
        run(ConnectClient.WITHOUT_JVM, "alone").awaitOk();
    }

    @ParameterizedTest
    @EnumSource
    void aClientTakesUpTheStreamsThatASparkServerEnds(ConnectClient client) throws Exception {
        // Given
        long before = calls(plain, "ReattachExecute");

        // When
        String url = "sc://%s/;x-spark-username=alice@example.com;x-spark-password=alice-pw"
                .formatted(plain.connectAddress());
        run(client, "steps", url, "6").awaitOk();

        // Then
        await("the access log")
                .untilAsserted(() ->
                        assertThat(calls(plain, "ReattachExecute") - before).isGreaterThanOrEqualTo(3));
    }

    @Test
    void aHundredCallsAreOneLogin() throws Exception {
        // Given
        long before = dex.tokenRequests();

        // When: ten results and three million rows
        run(ConnectClient.CURRENT, "login", secure.connectAddress()).awaitOk();

        // Then
        await("the access log").until(() -> callsOfBob() >= MANY_CALLS);
        assertThat(dex.tokenRequests() - before).isEqualTo(1);
    }

    private long callsOfBob() throws IOException {
        return secure.calls().stream()
                .filter(call -> call.path("principal").asText().equals("bob"))
                .count();
    }

    private static long calls(ServeProcess door, String method) throws IOException {
        return door.calls().stream()
                .filter(call -> call.path("path").asText().endsWith("/" + method))
                .map(call -> call.path("grpc_status"))
                .filter(JsonNode::isInt)
                .filter(status -> status.asInt() == 0)
                .count();
    }

    private ClientRun run(ConnectClient client, String scenario, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = scenario;
        all[1] = client.version();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return script.run(spark.python(client), caFile, all);
    }

    private static void close(AutoCloseable each) {
        try {
            if (each != null) {
                each.close();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
