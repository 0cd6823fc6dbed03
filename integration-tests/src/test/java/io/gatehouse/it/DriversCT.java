// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.SparkProcesses.Trait;
import io.gatehouse.it.cluster.Cluster;
import io.gatehouse.it.cluster.ClusterTest;
import io.gatehouse.it.cluster.DriverPod;
import io.gatehouse.it.cluster.TestNamespace;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way of applications in a cluster through the door: a real API server tells of their pods, whose addresses are those of real
 * drivers, and a real History Server reads their logs.
 */
@ClusterTest
@TestInstance(Lifecycle.PER_CLASS)
class DriversCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String ADDRESS = "127.0.0.1";

    private final HttpClient http = HttpClient.newHttpClient();
    private Cluster cluster;
    private TestNamespace namespace;
    private SparkProcesses sparks;
    private Driver ends;
    private Driver fails;
    private Driver goes;
    private HistoryServerProcess history;
    private ServeProcess door;

    /** May install Spark. */
    @BeforeAll
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void start(@TempDir Path folder, Cluster ofAll, TestNamespace own) throws Exception {
        cluster = ofAll;
        namespace = own;
        sparks = SparkProcesses.in(folder);
        ends = driver("ends");
        fails = driver("fails");
        goes = driver("goes");
        history = sparks.startHistoryServer(SparkRelease.CURRENT, "history", Map.of());
        Path kubeconfig = own.account("door", rule("pods", "list", "watch")).kubeconfig();
        door = ServeProcess.start(
                Files.createDirectory(folder.resolve("door")), """
                ui: {port: 0}
                management: {port: 0}
                discovery:
                  interval: 500ms
                  historyServer: {url: "%s", clientMode: false}
                  cluster: {kubeconfig: "%s", namespaces: [%s]}
                """.formatted(history.uri(), kubeconfig, own.name()));
    }

    private Driver driver(String name) throws Exception {
        return sparks.start(SparkRelease.CURRENT, name, sparks.freePort(), Map.of(), Trait.BRIEF);
    }

    @AfterAll
    void end() {
        if (door != null) {
            door.close();
        }
        if (sparks != null) {
            sparks.close();
        }
        http.close();
    }

    @Test
    void applicationsAreShownFromTheirFirstMomentToTheirLastAlsoWhenTheApiServerIsStartedAgain() throws Exception {
        // Given: pods that nobody has looked at
        DriverPod ending = pod(ends);
        DriverPod failing = pod(fails);
        DriverPod going = pod(goes);
        awaitState(ends, "pending");

        // When: one waits for room
        failing.unschedulable("0/3 nodes are available: 3 Insufficient memory.");

        // Then: its page says so, and goes on by itself
        awaitState(fails, "pending", "0/3 nodes are available: 3 Insufficient memory.");
        assertThat(get("/app/" + fails.id() + "/").body()).contains("Insufficient memory", "goes on by itself");

        // When
        ending.ready(ADDRESS);
        failing.ready(ADDRESS);
        going.ready(ADDRESS);

        // Then: all run, and their pages are their own
        for (Driver driver : new Driver[] {ends, fails, goes}) {
            awaitState(driver, "running");
            HttpResponse<String> page = get("/sparkui/" + driver.id() + "/jobs/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("/sparkui/" + driver.id());
            assertThat(location("/app/" + driver.id() + "/executors/"))
                    .isEqualTo("/sparkui/" + driver.id() + "/executors/");
        }

        // When: much happens while the API server is away, and it comes back without a memory of our watch
        cluster.stopApiServer();
        awaitNote("The API server does not answer.");
        assertThat(get("/sparkui/" + goes.id() + "/jobs/").statusCode()).isEqualTo(200);
        cluster.startApiServer();
        going.gone();
        cluster.restartApiServer();

        // Then
        awaitState(goes, "finalising", "Its pod was deleted.");
        assertThat(get("/sparkui/" + goes.id() + "/jobs/").statusCode())
                .as("the driver itself is still there")
                .isNotEqualTo(502);
        await().atMost(PATIENCE)
                .until(() -> list().select("p.mark").stream()
                        .noneMatch(note -> note.text().contains("API server")));
        awaitState(ends, "running");
        awaitState(fails, "running");

        // When
        fails.kill();
        failing.outOfMemory();

        // Then
        awaitState(
                fails,
                "failed",
                "The driver needed more memory than its container may have, and was killed (OOMKilled, exit code 137).");

        // When
        ends.stop();
        ends.awaitEnd();
        ending.succeeded();

        // Then
        awaitState(ends, "finished");
        assertThat(location("/app/" + ends.id() + "/stages/")).isEqualTo("/history/" + ends.id() + "/stages/");
        assertThat(list().select("tbody tr")).hasSize(3);
    }

    private DriverPod pod(Driver driver) {
        return namespace
                .pods()
                .driver(driver.process().name())
                .applicationId(driver.id())
                .uiPort(driver.ui().getPort())
                .create();
    }

    private void awaitState(Driver driver, String state) {
        awaitState(driver, state, "");
    }

    private void awaitState(Driver driver, String state, String reason) {
        await(driver + " to be " + state).atMost(PATIENCE).until(() -> {
            Element row = list().selectFirst("tr:has(a[href$=/app/" + driver.id() + "/])");
            Element cell = row == null ? null : row.select("td").get(2);
            return cell != null
                    && cell.text().equals(state)
                    && (reason.isEmpty() || cell.select("[title]").attr("title").contains(reason));
        });
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
        URI uri = door.ui().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri).header("Accept", "text/html").build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
