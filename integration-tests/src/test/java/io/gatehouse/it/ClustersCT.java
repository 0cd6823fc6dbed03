// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.it.cluster.Account;
import io.gatehouse.it.cluster.Cluster;
import io.gatehouse.it.cluster.ClusterTest;
import io.gatehouse.it.cluster.DriverPod;
import io.gatehouse.it.cluster.TestNamespace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters behind one door. One API server plays both; the door knows each by a kubeconfig of its own. */
@ClusterTest
class ClustersCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String LIST = "/api/v1/applications";
    private static final String INCOMPLETE = "Gatehouse-Incomplete";

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aClusterThatMayNotBeSeenHidesNothingOfTheOther(@TempDir Path folder, Cluster cluster, TestNamespace eu)
            throws Exception {
        try (TestNamespace us = cluster.namespace("us");
                UiStandIn first = UiStandIn.of("app-first");
                UiStandIn second = UiStandIn.of("app-second");
                UiStandIn copy = UiStandIn.of("app-first")) {
            // Given: one of the two accounts may do nothing
            DriverPod inEu = pod(eu, first);
            DriverPod inUs = pod(us, second);
            pod(us, copy);
            Account ofUs = us.account("door");
            try (ServeProcess door = door(folder, eu, eu.account("door", rule("pods", "list", "watch")), us, ofUs)) {
                // Then: what can be seen is shown, and what cannot be is named
                awaitRunning(door, "app-first");
                String trouble = "Pods of namespace " + us.name()
                        + " may not be listed: the account needs list and watch of pods there.";
                await().atMost(PATIENCE)
                        .until(() -> get(door.ui(), LIST).headers().firstValue(INCOMPLETE), Optional.of("us")::equals);
                assertThat(get(door.ui(), "/apps").body()).contains("What runs in us is shown as", trouble);
                HttpResponse<String> ready = get(door.management(), "/readyz?verbose");
                assertThat(ready.statusCode()).isEqualTo(200);
                assertThat(ready.body()).contains("us: " + trouble).doesNotContain("eu:");
                assertThat(up(door)).containsExactlyInAnyOrder("eu 1.0", "us 0.0", "local 1.0");

                // When
                cluster.grant(ofUs, us.name(), rule("pods", "list", "watch"));

                // Then: an id that both have is that of the one that had it first
                awaitRunning(door, "app-first", "app-second");
                await().atMost(PATIENCE)
                        .until(() -> get(door.ui(), LIST)
                                .headers()
                                .firstValue(INCOMPLETE)
                                .isEmpty());
                assertThat(get(door.ui(), "/apps").body()).doesNotContain("is shown as it was");
                assertThat(up(door)).containsExactlyInAnyOrder("eu 1.0", "us 1.0", "local 1.0");
                assertThat(get(door.ui(), "/sparkui/app-first/x").body()).contains(first.address());

                // When
                inEu.gone();
                inUs.gone();

                // Then: nobody inherits it
                awaitRunning(door);
                assertThat(get(door.ui(), "/sparkui/app-first/x").body()).doesNotContain(copy.address());
            }
        }
    }

    private static DriverPod pod(TestNamespace namespace, UiStandIn ui) {
        return namespace.pods().driver(ui.id()).applicationId(ui.id()).create().ready(ui.address());
    }

    private static ServeProcess door(Path folder, TestNamespace eu, Account ofEu, TestNamespace us, Account ofUs)
            throws IOException {
        return ServeProcess.start(folder, """
                ui: {port: 0}
                management: {port: 0}
                discovery:
                  interval: 500ms
                  clusters:
                    - {name: eu, kubeconfig: "%s", namespaces: [%s]}
                    - {name: us, kubeconfig: "%s", namespaces: [%s]}
                """.formatted(ofEu.kubeconfig(), eu.name(), ofUs.kubeconfig(), us.name()));
    }

    private void awaitRunning(ServeProcess door, String... ids) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(new JsonMapper()
                                .readTree(get(door.ui(), LIST).body())
                                .findValuesAsText("id"))
                        .containsExactlyInAnyOrder(ids));
    }

    /** Each source and whether it sees how things are. */
    private List<String> up(ServeProcess door) throws IOException, InterruptedException {
        return get(door.management(), "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("gatehouse_discovery_source_up{"))
                .map(line -> line.replaceAll(".*source=\"([^\"]+)\".* ", "$1 "))
                .toList();
    }

    private HttpResponse<String> get(URI door, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(door.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
