// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The management listener's endpoints over real sockets. */
class ManagementIT {
    private static final Executor BLOCKING = task -> Thread.ofVirtual().start(task);

    private final Actions actions = new Actions();
    private final List<Executor> loops = new ArrayList<>(List.of(Runnable::run));
    private String problem = "";

    /** Admin actions that say what they were asked. */
    private static final class Actions implements AdminActions {
        private LocalResponse reloadAnswer = LocalResponse.json(200, "{\"result\":\"unchanged\"}");

        @Override
        public LocalResponse reload() {
            if (reloadAnswer.status() == 599) {
                throw new IllegalStateException("secret of the server");
            }
            return reloadAnswer;
        }

        @Override
        public LocalResponse logLevels() {
            return LocalResponse.json(200, "{\"ROOT\":\"info\"}");
        }

        @Override
        public LocalResponse setLogLevel(byte[] json) {
            return LocalResponse.json(200, new String(json, StandardCharsets.UTF_8));
        }

        @Override
        public LocalResponse drain(boolean wanted) {
            return LocalResponse.json(200, "{\"draining\":" + wanted + "}");
        }
    }

    private ProxyUnderTest start(Optional<String> token) throws Exception {
        return start(token, true);
    }

    private ProxyUnderTest start(Optional<String> token, boolean onLoopback) throws Exception {
        Probes probes = new Probes(loops, List.of(new ReadinessCheck("discovery", () -> problem)));
        ManagementRouter router = new ManagementRouter(probes, () -> "gatehouse_up 1\n", actions, BLOCKING);
        return ProxyUnderTest.with(router)
                .authenticator(new AdminAuthenticator(() -> token, onLoopback))
                .start();
    }

    private static Response ask(ProxyUnderTest server, String head) throws Exception {
        try (RawClient client = server.client()) {
            return client.send(head).response();
        }
    }

    private static String get(String path, String... fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines(fields) + "\r\n";
    }

    private static String post(String path, String... fields) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + lines(fields) + "\r\n";
    }

    private static String lines(String... fields) {
        StringBuilder lines = new StringBuilder();
        for (String field : fields) {
            lines.append(field).append("\r\n");
        }
        return lines.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/healthz", "/readyz"})
    void probesAnswerOk(String path) throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            Response response = ask(server, get(path));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("ok\n");
        }
    }

    @Test
    void aLoopThatDoesNotAnswerIsNotAlive() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        loops.add(task -> Thread.ofVirtual().start(() -> {
            try {
                blocked.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (ProxyUnderTest server = start(Optional.empty())) {
            assertThat(ask(server, get("/livez")).status()).isEqualTo(503);
        } finally {
            blocked.countDown();
        }
    }

    @Test
    void readinessNamesTheCheckThatFails() throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            assertThat(ask(server, get("/readyz?verbose")).text()).isEqualTo("[+]discovery ok\nreadyz check passed\n");
            problem = "not looked yet: history";
            Response response = ask(server, get("/readyz"));
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).contains("[-]discovery failed: not looked yet: history");
        }
    }

    @Test
    void metricsComeInPrometheusFormat() throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            Response response = ask(server, get("/metrics"));
            assertThat(response.field("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
            assertThat(response.text()).isEqualTo("gatehouse_up 1\n");
        }
    }

    @Test
    void anUnknownPathAndAWrongMethodSayWhatThereIs() throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            Response unknown = ask(server, get("/nothing"));
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(new ObjectMapper()
                            .readTree(unknown.body())
                            .path("detail")
                            .asText())
                    .contains("/readyz");
            Response wrong = ask(server, get("/admin/reload"));
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.field("allow")).isEqualTo("POST");
        }
    }

    @Test
    void aLoopbackPeerMayReloadWithoutAToken() throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            Response response = ask(server, post("/admin/reload"));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).contains("unchanged");
        }
    }

    @Test
    void withoutATokenAListenerForOtherMachinesTrustsNoPeer() throws Exception {
        // Given: every peer of a service mesh comes from loopback
        try (ProxyUnderTest server = start(Optional.empty(), false)) {
            // When
            Response response = ask(server, post("/admin/reload"));
            // Then
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.text()).contains("management.tokenFile");
            assertThat(ask(server, get("/readyz")).status()).isEqualTo(200);
        }
    }

    @Test
    void withATokenAListenerForOtherMachinesAnswers() throws Exception {
        try (ProxyUnderTest server = start(Optional.of("0123456789abcdef"), false)) {
            assertThat(ask(server, post("/admin/reload", "Authorization: Bearer 0123456789abcdef"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Origin: http://127.0.0.1:8081", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin"})
    void aBrowserMayNotReloadWithoutAToken(String field) throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            assertThat(ask(server, post("/admin/reload", field)).status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization: Bearer 0123456789abcdef,200",
        "Authorization: Bearer 0123456789abcdee,401",
        "X-None: 1,401"
    })
    void aConfiguredTokenIsAskedForAndCompared(String field, int status) throws Exception {
        try (ProxyUnderTest server = start(Optional.of("0123456789abcdef"))) {
            assertThat(ask(server, post("/admin/reload", field)).status()).isEqualTo(status);
            assertThat(ask(server, get("/readyz")).status())
                    .as("probes need none")
                    .isEqualTo(200);
        }
    }

    @Test
    void aLogLevelIsSetFromTheBodyAndALargeBodyIsRefused() throws Exception {
        String json = "{\"logger\":\"io.gatehouse\",\"level\":\"debug\"}";
        try (ProxyUnderTest server = start(Optional.empty())) {
            String put = "PUT /admin/log-level HTTP/1.1\r\nHost: a\r\nContent-Length: ";
            assertThat(ask(server, put + json.length() + "\r\n\r\n" + json).text())
                    .isEqualTo(json);
            assertThat(ask(server, get("/admin/log-level")).text()).isEqualTo("{\"ROOT\":\"info\"}");
            assertThat(ask(server, put + "5000\r\n\r\n").status()).isEqualTo(413);
        }
    }

    @Test
    void aDrainIsAskedForAndTakenBackByThoseWhoMay() throws Exception {
        try (ProxyUnderTest server = start(Optional.empty())) {
            String drain = " /admin/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
            assertThat(ask(server, "POST" + drain).text()).isEqualTo("{\"draining\":true}");
            assertThat(ask(server, "DELETE" + drain).text()).isEqualTo("{\"draining\":false}");
            assertThat(ask(server, "PUT" + drain).status()).isEqualTo(405);
        }
        try (ProxyUnderTest server = start(Optional.of("0123456789abcdef"))) {
            assertThat(ask(server, post("/admin/drain")).status()).isEqualTo(401);
        }
    }

    @Test
    void anActionThatFailsIsA500WithoutItsMessage() throws Exception {
        actions.reloadAnswer = LocalResponse.empty(599);
        try (ProxyUnderTest server = start(Optional.empty())) {
            Response response = ask(server, post("/admin/reload"));
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.text()).doesNotContain("secret", "IllegalState", "at io.");
        }
    }
}
