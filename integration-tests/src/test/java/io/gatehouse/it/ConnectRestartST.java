// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.proxy.testkit.TestPorts;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queries of a minute, through Gatehouses that end in order: PySpark takes up its result again by itself, and has each row once. The
 * queries run at the same time, on two servers, so all that happens to Gatehouse happens before the tests; these say what became of
 * each query. What it does stands in connect_clients.py.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectRestartST {
    private static final String SECONDS = "60";
    private static final int TERMINATED = 143;

    @TempDir
    private static Path folder;

    private final TestPorts ports = new TestPorts();
    private final List<Place> places = new ArrayList<>();
    private SparkProcesses spark;
    private List<ConnectServerProcess> servers;
    private ClientScript script;
    private Place restarted;
    private Place takenOver;
    private Place drained;

    @BeforeAll
    void disturbEachQuery() throws Exception {
        // Given: three queries under way
        spark = SparkProcesses.in(Files.createDirectory(folder.resolve("spark")));
        // All parts of all queries sleep side by side.
        Map<String, String> settings = Map.of("spark.master", "local[24]");
        servers = List.of(spark.startConnect("connect-1", settings), spark.startConnect("connect-2", settings));
        script = ClientScript.in(folder, "connect_clients.py");
        restarted = begin("restarted", "");
        takenOver = begin("taken-over", "takeover: {socket: %s}".formatted(folder.resolve("takeover")));
        drained = begin("drained", "");
        for (Place place : places) {
            place.query.awaitLine("rows");
        }

        // When
        assertThat(admin("POST")).isEqualTo(HttpURLConnection.HTTP_OK);
        await("the end of the stream").until(() -> !letGo(drained.first).isEmpty());
        assertThat(admin("DELETE")).isEqualTo(HttpURLConnection.HTTP_OK);
        takenOver.startNext("--takeover");
        assertThat(takenOver.first.exitCode()).isZero();
        restarted.first.terminate();
        assertThat(restarted.first.exitCode()).isEqualTo(TERMINATED);
        restarted.startNext();
        for (Place place : places) {
            place.query.assertRunning();
        }
    }

    private Place begin(String name, String more) throws Exception {
        String configuration = """
                ui: {port: %d}
                management: {port: %d}
                connect: {port: %d}
                drain: {delay: 0s}
                pools:
                  - name: etl
                    servers: [{url: "%s"}, {url: "%s"}]
                %s
                """.formatted(
                        ports.pick(),
                        ports.pick(),
                        ports.pick(),
                        servers.getFirst().grpc(),
                        servers.getLast().grpc(),
                        more);
        Place place = new Place(name, configuration);
        places.add(place);
        return place;
    }

    @AfterAll
    void stop() {
        places.forEach(Place::close);
        if (spark != null) {
            spark.close();
        }
    }

    @Test
    void aQueryGoesOnWhenGatehouseStopsAndStartsAgain() throws Exception {
        restarted.query.awaitOk();
        assertLetGo(restarted.first);
        assertTakenUp(restarted.next);
    }

    @Test
    void aQueryGoesOnWhenAnotherGatehouseTakesOver() throws Exception {
        takenOver.query.awaitOk();
        assertLetGo(takenOver.first);
        assertTakenUp(takenOver.next);
    }

    @Test
    void aStreamThatADrainCutsIsTakenUpByItself() throws Exception {
        drained.query.awaitOk();
        assertTakenUp(drained.first);
    }

    private int admin(String method) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                drained.first.management().resolve("/admin/drain").toURL().openConnection();
        connection.setRequestMethod(method);
        return connection.getResponseCode();
    }

    /** The stream of the query ended as one that goes on elsewhere does, and nothing was cut. */
    private static void assertLetGo(ServeProcess gatehouse) throws IOException {
        assertThat(letGo(gatehouse)).hasSize(1);
        assertThat(gatehouse.log()).contains("\"cut\":\"0\"");
    }

    /** The rest of the result came in answer to a ReattachExecute. */
    private static void assertTakenUp(ServeProcess gatehouse) {
        await("the access log")
                .untilAsserted(() ->
                        assertThat(calls(gatehouse, "ReattachExecute", "")).isNotEmpty());
    }

    private static List<JsonNode> letGo(ServeProcess gatehouse) throws IOException {
        return calls(gatehouse, "ExecutePlan", "left to be resumed");
    }

    /** The calls of a method that ended well, with that detail. */
    private static List<JsonNode> calls(ServeProcess gatehouse, String method, String detail) throws IOException {
        return gatehouse.calls().stream()
                .filter(call -> call.path("path").asText().endsWith("/" + method))
                .filter(call -> call.path("grpc_status").asInt(-1) == 0)
                .filter(call -> call.path("detail").asText().equals(detail))
                .toList();
    }

    /** A Gatehouse, a query through it, and the Gatehouse that comes in its place, at the same addresses. */
    private final class Place implements AutoCloseable {
        private final String name;
        private final String configuration;
        private final ServeProcess first;
        private final ClientRun query;
        private ServeProcess next;

        private Place(String name, String configuration) throws Exception {
            this.name = name;
            this.configuration = configuration;
            this.first = ServeProcess.start(Files.createDirectory(folder.resolve(name)), configuration);
            this.query = script.run(
                    spark.python(),
                    "steps",
                    ConnectClient.CURRENT.version(),
                    "sc://%s/;user_id=%s".formatted(first.connectAddress(), name),
                    SECONDS);
        }

        private void startNext(String... options) throws IOException {
            next = ServeProcess.start(Files.createDirectory(folder.resolve(name + "-2")), configuration, options);
        }

        @Override
        public void close() {
            query.end();
            first.close();
            if (next != null) {
                next.close();
            }
        }
    }
}
