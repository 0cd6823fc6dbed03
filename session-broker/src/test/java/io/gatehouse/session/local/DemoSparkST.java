// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo on a real Spark: that of SPARK_HOME, else the one in the cache, which is installed if it is not there. It
 * is started once, for all tests; the last one ends it.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoSparkST {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final HttpClient http = HttpClient.newHttpClient();

    private ChildProcesses children;
    private DemoSpark.Parts demo;

    @BeforeAll
    void setUp(@TempDir Path folder) throws Exception {
        Map<String, String> environment = System.getenv();
        Path userHome = Path.of(System.getProperty("user.home"));
        Path cache = environment.containsKey("GATEHOUSE_CACHE")
                ? Path.of(environment.get("GATEHOUSE_CACHE"))
                : userHome.resolve(".cache/gatehouse");
        Path sparkHome = environment.containsKey("SPARK_HOME") ? Path.of(environment.get("SPARK_HOME")) : null;
        children = new ChildProcesses(environment, folder.resolve("logs"), Duration.ofSeconds(20));
        JavaRuntime java = new JavaRuntimes(environment, userHome).forSpark(null);
        SparkDistribution distribution =
                new SparkInstaller(children, environment, System.out::println).provide(sparkHome, cache, java);
        LocalSpark spark = LocalSpark.in(distribution, folder.resolve("scratch"));
        FreePorts ports = new FreePorts();
        List<ConnectServer> connect = distribution.hasConnect()
                ? List.of(new ConnectServer("connect", ports.pick(0), ports.pick(0)))
                : List.of();
        demo = new DemoSpark(spark, children, folder, new DemoPorts(ports.pick(0), ports.pick(0), connect)).start();
        long start = System.nanoTime();
        for (DemoPart part : demo.all()) {
            CompletableFuture<Void> _ = part.ready()
                    .thenRun(() -> System.out.printf(
                            "%s ready after %.1f s%n", part.title(), (System.nanoTime() - start) / 1e9));
        }
        demo.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @AfterAll
    void tearDown() {
        children.close();
        http.close();
    }

    @Test
    @Order(1)
    void allPartsShouldBeUp() {
        assertThat(demo.all())
                .extracting(DemoPart::status)
                .startsWith(DemoPart.Status.READY, DemoPart.Status.READY, DemoPart.Status.ENDED);
        assertThat(demo.connectServers()).extracting(DemoPart::status).containsOnly(DemoPart.Status.READY);
    }

    @Test
    @Order(2)
    void historyServerShouldListTheFinishedApplicationAsCompleted() {
        URI listing = at(demo.historyServer(), "api/v1/applications?status=completed");
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(get(listing))
                        .contains("Demo: daily sales report", "\"completed\" : true")
                        .doesNotContain("Demo: live order stream"));
    }

    @Test
    @Order(3)
    void historyServerShouldListTheRunningApplicationAsIncomplete() {
        URI listing = at(demo.historyServer(), "api/v1/applications?status=running");
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(
                        () -> assertThat(get(listing)).contains("Demo: live order stream", "\"completed\" : false"));
    }

    @Test
    @Order(4)
    void pagesOfTheRunningApplicationShouldHaveContent() throws Exception {
        // Given
        String applications = get(at(demo.runningApplication(), "api/v1/applications"));
        assertThat(applications).contains("Demo: live order stream");
        String id = applications.replaceAll("(?s).*\"id\" : \"([^\"]+)\".*", "$1");
        String api = "api/v1/applications/" + id + "/";

        // When, Then
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(get(at(demo.runningApplication(), api + "jobs"))).contains("Beat 2");
            assertThat(get(at(demo.runningApplication(), api + "storage/rdd")))
                    .contains("sensor readings", "In-memory table orders");
        });
        assertThat(get(at(demo.runningApplication(), api + "sql"))).contains("Orders by shop");
        assertThat(get(at(demo.runningApplication(), api + "executors"))).contains("\"id\" : \"driver\"");
        for (String page : List.of("jobs/", "stages/", "storage/", "environment/", "executors/", "SQL/")) {
            assertThat(get(at(demo.runningApplication(), page))).contains("Demo: live order stream");
        }
    }

    @Test
    @Order(5)
    void connectServerShouldHaveAUiThatNamesIt() throws Exception {
        for (DemoPart server : demo.connectServers()) {
            assertThat(get(at(server, "api/v1/applications"))).contains("\"name\" : \"connect\"");
        }
    }

    @Test
    @Order(6)
    void everythingShouldListenOnLoopbackOnly() throws Exception {
        List<DemoPart> running = new ArrayList<>(demo.withUi());
        running.add(demo.historyServer());
        for (DemoPart part : running) {
            ListeningSockets.Found found =
                    ListeningSockets.of(ProcessHandle.of(part.process().pid()).orElseThrow());
            assertThat(found.open()).as(part.title()).isEmpty();
            if (Files.exists(Path.of("/proc/net/tcp"))) {
                assertThat(found.all()).as(part.title()).isPositive();
            }
        }
    }

    @Test
    @Order(7)
    void nothingShouldBeLeftAfterClose() {
        // Given
        List<Long> pids = demo.all().stream()
                .flatMap(part -> ProcessHandle.of(part.process().pid()).stream())
                .flatMap(lifeline -> Stream.concat(Stream.of(lifeline), lifeline.descendants()))
                .map(ProcessHandle::pid)
                .toList();
        // Lifeline, watcher and JVM of each; Python of the application, and its worker daemon.
        assertThat(pids).hasSizeGreaterThanOrEqualTo(8);

        // When
        children.close();

        // Then
        assertThat(ProcessTable.running(pids)).isEmpty();
        assertThat(demo.all()).extracting(part -> part.process().isAlive()).containsOnly(false);
        assertThat(demo.historyServer().process().onExit()).isCompletedWithValue(143);
    }

    private static URI at(DemoPart part, String path) {
        return part.uri().orElseThrow().resolve(path);
    }

    private String get(URI uri) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(1)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
        return response.body();
    }
}
