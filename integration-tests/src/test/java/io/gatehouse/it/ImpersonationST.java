// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.session.local.SparkRelease;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real driver with ACLs takes a request for the viewer's, whatever else the viewer writes into query or form. */
class ImpersonationST {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static URI driver = URI.create("http://127.0.0.1/");
    private static SparkProcesses spark;
    private static ServeProcess gatehouse;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        spark = SparkProcesses.in(folder);
        int port = spark.freePort();
        driver = URI.create("http://127.0.0.1:" + port);
        spark.start(
                SparkRelease.CURRENT,
                "acls",
                port,
                Map.of("spark.acls.enable", "true", "spark.ui.view.acls", "alice"),
                SparkProcesses.Trait.BRIEF);
        gatehouse = ServeProcess.start(folder, """
                ui: {port: 0, trustedProxies: [127.0.0.1/32], viewerHeader: X-User, impersonate: true}
                management: {port: 0}
                discovery:
                  interval: 1s
                  applications:
                    - {url: "http://127.0.0.1:%d"}
                """.formatted(port));
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

    @Test
    void sparkTakesTheViewerAndNobodyElse() throws Exception {
        URI page = gatehouse.ui().resolve("/sparkui/" + id() + "/environment/");
        // Given: this Spark reads forms too, and without a name everybody may see everything
        assertThat(post(driver.resolve("/environment/"), null, "doAs=mallory")).isEqualTo(403);
        assertThat(post(driver.resolve("/environment/"), null, "x=y")).isNotEqualTo(403);
        assertThat(post(driver.resolve("/environment/?doAs=mallory"), null, "doAs=alice"))
                .isEqualTo(403);

        // Then: alice may, mallory may not, and what they write changes nothing
        assertThat(get(page, "alice")).isEqualTo(200);
        assertThat(get(page, "mallory")).isEqualTo(403);
        assertThat(get(URI.create(page + "?doAs=alice"), "mallory")).isEqualTo(403);
        assertThat(post(page, "mallory", "x=y")).isEqualTo(403);
        assertThat(post(page, "mallory", "doAs=alice")).isEqualTo(403);
        assertThat(post(URI.create(page + "?doAs=alice"), "mallory", "doAs=alice&do%41s=alice"))
                .isEqualTo(403);
        assertThat(post(page, "alice", "doAs=mallory")).isNotEqualTo(403);
        assertThat(get(page, null)).isEqualTo(403);
    }

    private static String id() {
        return await("the application in the list")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .until(ImpersonationST::listed, id -> !id.isEmpty());
    }

    private static String listed() throws Exception {
        URI list = gatehouse.ui().resolve("/api/v1/applications");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String body = client.send(request(list, "alice").GET().build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return new JsonMapper().readTree(body).path(0).path("id").asText();
        }
    }

    private static int get(URI uri, @Nullable String viewer) throws Exception {
        return send(request(uri, viewer).GET());
    }

    private static int post(URI uri, @Nullable String viewer, String form) throws Exception {
        return send(request(uri, viewer).header("Content-Type", FORM).POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static HttpRequest.Builder request(URI uri, @Nullable String viewer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        return viewer == null ? request : request.header("X-User", viewer);
    }

    private static int send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
