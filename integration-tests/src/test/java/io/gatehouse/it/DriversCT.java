// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.it.cluster.Account;
import io.gatehouse.it.cluster.Cluster;
import io.gatehouse.it.cluster.ClusterTest;
import io.gatehouse.it.cluster.DriverPod;
import io.gatehouse.it.cluster.Grant;
import io.gatehouse.it.cluster.TestNamespace;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way of applications in a cluster through the door: a real API server tells of their pods, whose addresses are those of real
 * drivers, and a real History Server reads their logs. Each driver is of another kind: one listens on IPv6, one wants TLS, one is a Connect
 * server, one is a notebook's.
 */
@ClusterTest
@TestInstance(Lifecycle.PER_CLASS)
class DriversCT {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int FIRST_UI_PORT = 4040;
    private static final String NO_ROOM = "0/3 nodes are available: 3 Insufficient memory.";
    /** What JupyterHub's KubeSpawner puts on the pods of its users. */
    private static final Map<String, String> NOTEBOOK = Map.of("component", "singleuser-server");

    /** Believes whoever it talks to. */
    private final HttpClient http =
            HttpClient.newBuilder().sslContext(TestPki.context(null, null)).build();

    private Cluster cluster;
    private TestNamespace namespace;
    /** What the door is for the API server, and what it may do there. */
    private Account account;

    private Grant grant;
    private SparkProcesses sparks;
    private Driver ends;
    private Driver fails;
    private Driver goes;
    private Driver notebook;
    /** Somebody else at the first port that the notebook's UI would take. */
    private ServerSocketChannel stranger;

    private HistoryServerProcess history;
    private ServeProcess door;

    /** May install Spark. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder, Cluster ofAll, TestNamespace own) throws Exception {
        cluster = ofAll;
        namespace = own;
        sparks = SparkProcesses.in(folder);
        TestPki pki = new TestPki();
        startDrivers(folder, pki);
        history = sparks.startHistoryServer(SparkRelease.CURRENT, "history", Map.of());
        account = own.account("door");
        grant = cluster.grant(account, own.name(), rule("pods", "list", "watch"));
        // The network is nobody's: an empty list would allow drivers of notebooks everywhere on loopback.
        door = ServeProcess.start(Files.createDirectory(folder.resolve("door")), """
                ui: {port: 0}
                management: {port: 0}
                upstream: {tls: {caFile: "%s"}}
                discovery:
                  interval: 500ms
                  historyServer: {url: "%s", allowedNetworks: [192.0.2.0/24]}
                  cluster: {kubeconfig: "%s", namespaces: [%s], clientModeSelector: component=singleuser-server}
                """.formatted(
                        pki.caFile(folder), history.uri(), account.kubeconfig(), own.name()));
    }

    private void startDrivers(Path folder, TestPki pki) throws Exception {
        String tls = Addresses.pick();
        String ofNotebook = Addresses.pick();
        stranger = ServerSocketChannel.open().bind(new InetSocketAddress(ofNotebook, FIRST_UI_PORT));
        stranger.configureBlocking(false);
        ends = driver("ends", Addresses.version6(), OptionalInt.of(sparks.freePort()), Map.of());
        fails = driver("fails", tls, OptionalInt.empty(), SparkTls.ui(folder, pki, tls, sparks.freePort()));
        goes = driver(
                "goes",
                Addresses.pick(),
                OptionalInt.empty(),
                Map.of(
                        "spark.plugins",
                        "org.apache.spark.sql.connect.SparkConnectPlugin",
                        "spark.connect.grpc.binding.port",
                        Integer.toString(sparks.freePort())));
        notebook = driver("notebook", ofNotebook, OptionalInt.empty(), Map.of());
    }

    private Driver driver(String name, String address, OptionalInt uiPort, Map<String, String> configuration)
            throws Exception {
        return sparks.startAt(address, uiPort, SparkRelease.CURRENT, name, configuration, Trait.BRIEF);
    }

    @AfterAll
    void end() throws IOException {
        if (door != null) {
            door.close();
        }
        if (sparks != null) {
            sparks.close();
        }
        if (stranger != null) {
            stranger.close();
        }
        http.close();
    }

    @Test
    void applicationsAreShownFromTheirFirstMomentToTheirLastAlsoWhenTheApiServerIsStartedAgain(Page page)
            throws Exception {
        // Given: pods that no node has room for
        DriverPod ending = pod(ends);
        DriverPod failing = pod(fails);
        DriverPod going = pod(goes);
        awaitState(goes, "pending");
        ending.unschedulable(NO_ROOM);
        failing.unschedulable(NO_ROOM);
        awaitState(ends, "pending", NO_ROOM);
        awaitState(fails, "pending", NO_ROOM);

        // When: somebody has the page of one of them open
        page.open(door.ui().resolve("/app/" + ends.id() + "/"));
        assertThat(page.text("main")).contains(NO_ROOM, "goes on by itself");
        ready(ending, ends);

        // Then: it becomes the live UI, and nobody has to do anything for it
        page.awaitPath("/sparkui/" + ends.id() + "/jobs/");
        assertThat(page.title()).contains("Spark Jobs");
        assertLive(ends);

        // When: the list is open
        page.open(door.ui().resolve("/apps"));
        page.evaluate("self.opened = 'once'");
        assertThat(shown(page, fails)).isEqualTo("pending");
        ready(going, goes);
        long begun = ready(failing, fails);

        // Then: its rows change where they are
        awaitShown(page, fails, "running");
        measured(fails, "in the browser", begun);
        awaitShown(page, goes, "running");
        assertLive(fails);
        assertLive(goes);
        assertThat(get("/sparkui/" + goes.id() + "/connect/").body()).contains("Spark Connect", goes.id());

        // When: much happens while the API server is away or refuses us, and it remembers nothing of our watch
        grant.revoke();
        cluster.stopApiServer();
        awaitNote("The API server does not answer.");
        assertLive(goes);
        cluster.startApiServer();
        awaitNote("may not be listed");
        going.gone();
        DriverPod late = namespace.pods().driver("late").create();
        cluster.restartApiServer();
        cluster.grant(account, namespace.name(), rule("pods", "list", "watch"));

        // Then: nothing is lost, doubled or left behind
        awaitShown(page, goes, "finalising");
        awaitState(goes, "finalising", "Its pod was deleted.");
        awaitState(late.applicationId(), "pending", "");
        await().atMost(PATIENCE).until(() -> list().select("#list p.mark").isEmpty());
        assertThat(list().select("tbody th").eachText())
                .containsExactlyInAnyOrder(ends.id(), fails.id(), goes.id(), notebook.id(), late.applicationId());
        awaitState(ends, "running");
        awaitState(fails, "running");

        // When
        fails.kill();
        failing.outOfMemory();

        // Then
        awaitShown(page, fails, "failed");
        awaitState(
                fails,
                "failed",
                "The driver needed more memory than its container may have, and was killed (OOMKilled, exit code 137).");
        assertThat(page.evaluate("self.opened").asText())
                .as("it is the same document")
                .isEqualTo("once");
        SeenErrors.assertNone(page);

        // When: somebody looks at a page of the last one as it ends
        page.open(door.ui().resolve("/app/" + ends.id() + "/stages/"));
        assertThat(page.path()).isEqualTo("/sparkui/" + ends.id() + "/stages/");
        ends.stop();
        ends.awaitEnd();
        page.click("a:Jobs");
        ending.succeeded();

        // Then
        page.awaitPath("/history/" + ends.id() + "/jobs/");
        awaitState(ends, "finished");
        assertThat(location("/app/" + ends.id() + "/stages/")).isEqualTo("/history/" + ends.id() + "/stages/");
        SeenErrors.assertNone(page);
    }

    /** Its page and its REST API are its own, and come through the door. */
    private void assertLive(Driver driver) throws IOException, InterruptedException {
        String prefix = "/sparkui/" + driver.id() + "/";
        HttpResponse<String> page = get(prefix + "jobs/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains(prefix, driver.process().name());
        assertThat(location("/app/" + driver.id() + "/executors/")).isEqualTo(prefix + "executors/");
        assertThat(door.json(prefix + "api/v1/applications").findValuesAsText("id"))
                .containsExactly(driver.id());
    }

    /**
     * The kubelet says that the pod is ready. Spark takes seconds for its first answer, and what runs in the pod has given that, so the
     * time to the row is that of the API server and the door.
     *
     * @return the time of readiness, for {@link #measured}
     */
    private long ready(DriverPod pod, Driver driver) throws IOException, InterruptedException {
        HttpResponse<String> first = get(driver.ui().resolve("/api/v1/applications"));
        if (first.statusCode() == HttpURLConnection.HTTP_MOVED_TEMP) {
            get(URI.create(first.headers().firstValue("Location").orElseThrow()));
        }
        long begun = System.nanoTime();
        pod.ready(address(driver));
        awaitState(driver, "running");
        measured(driver, "in the list", begun);
        return begun;
    }

    /** For people who want to know how fast it is; a machine that is busy otherwise says nothing of that. */
    private static void measured(Driver driver, String where, long begun) {
        System.out.printf(
                "%s: running %s %d ms after its pod was ready%n",
                driver, where, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    /** Its log is written, its address named there, and it says nothing of its port. */
    @Test
    void aNotebooksDriverIsFoundWhileAPodOfNotebooksHasItsAddress() throws Exception {
        // Given
        history.awaitListed(notebook.id());
        awaitState(notebook, "unknown");

        // Then: nobody is asked at an address that is only a job's word
        await().atMost(PATIENCE)
                .until(() -> door.log()
                        .lines()
                        .anyMatch(line -> line.contains("driver not looked for") && line.contains(notebook.id())));
        assertThat(stranger.accept()).isNull();

        // When
        DriverPod pod = namespace
                .pods()
                .driver("jupyter-alice")
                .edit(built -> built.editMetadata().withLabels(NOTEBOOK).endMetadata())
                .create()
                .ready(address(notebook));

        // Then
        awaitState(notebook, "running");
        assertLive(notebook);
        assertThat(stranger.accept()).as("the first port is asked too").isNotNull();

        // When: its address may be anybody's now, who says what he likes
        pod.gone();

        // Then: for us it has ended, whatever goes on there
        awaitState(notebook, "finalising");
        assertThat(notebook.process().isAlive()).isTrue();
        assertThat(get("/sparkui/" + notebook.id() + "/jobs/").body()).doesNotContain("Spark Jobs");
    }

    private DriverPod pod(Driver driver) {
        return namespace
                .pods()
                .driver(driver.process().name())
                .applicationId(driver.id())
                .uiPort(driver.ui().getPort())
                .create();
    }

    private static String address(Driver driver) {
        return driver.ui().getHost().replace("[", "").replace("]", "");
    }

    private void awaitState(Driver driver, String state) {
        awaitState(driver, state, "");
    }

    private void awaitState(Driver driver, String state, String reason) {
        awaitState(driver.id(), state, reason);
    }

    private void awaitState(String id, String state, String reason) {
        await().pollInterval(POLL).atMost(PATIENCE).untilAsserted(() -> {
            Element row = list().selectFirst("tr:has(a[href$=/app/" + id + "/])");
            assertThat(row).as(id + " in the list").isNotNull();
            Element cell = row.select("td").get(2);
            assertThat(cell.text()).as(id + ": " + cell).isEqualTo(state);
            assertThat(cell.select("[title]").attr("title")).contains(reason);
        });
    }

    private static void awaitShown(Page page, Driver driver, String state) {
        await(driver + " to be shown as " + state)
                .atMost(PATIENCE)
                .until(() -> shown(page, driver).equals(state));
    }

    /** The state of an application in the list that the browser has open. */
    private static String shown(Page page, Driver driver) {
        return page.text("tr:has(a[href$='/app/" + driver.id() + "/']) td:nth-child(4)");
    }

    private void awaitNote(String text) {
        await(text).atMost(PATIENCE).until(() -> list().select("p.mark").text().contains(text));
    }

    private Document list() throws IOException, InterruptedException {
        return Jsoup.parse(get("/apps").body());
    }

    private String location(String path) throws IOException, InterruptedException {
        return get(path).headers().firstValue("Location").orElse("");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(door.ui().resolve(path));
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri).header("Accept", "text/html").build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
