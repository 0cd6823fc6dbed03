// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatehouse serve} from its start to its end, as a process of its own. */
class ServeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String RELOAD =
            "POST /admin/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    @TempDir
    private Path folder;

    /** Answers with its own name and the path it was asked for; {@code /slow} takes its time. */
    private static ScriptedUpstream named(String name, Duration slow) throws IOException {
        return new ScriptedUpstream(connection -> {
            while (true) {
                String head = connection.head();
                String path = head.substring(4, head.indexOf(' ', 4));
                if (path.contains("slow")) {
                    Thread.sleep(slow);
                }
                connection.ok(name + " " + path);
            }
        });
    }

    private Path config(String applications, String drain) throws IOException {
        String yaml = """
                ui: {address: 127.0.0.1, port: 0}
                management: {address: 127.0.0.1, port: 0}
                accessLog: {output: %s}
                drain: %s
                discovery:
                  interval: 100ms
                  applications: %s
                """.formatted(folder.resolve("access.log"), drain, applications);
        Path file = folder.resolve("gatehouse.yaml");
        Path next = folder.resolve("next.yaml");
        Files.writeString(next, yaml);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    private static String application(String id, ScriptedUpstream ui) {
        return "{id: " + id + ", url: \"http://127.0.0.1:" + ui.port() + "\"}";
    }

    @Test
    void bothDoorsAnswerAndEveryExchangeIsLogged() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ZERO);
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, config("[" + application("app-1", ui) + "]", "{delay: 0s, timeout: 5s}"))) {
            // When
            Response page = gatehouse.get("ui", "/sparkui/app-1/jobs/?x=\"1");
            Response missing = gatehouse.get("ui", "/nothing");

            // Then
            assertThat(page.text()).isEqualTo("one /jobs/?x=\"1");
            assertThat(missing.status()).isEqualTo(404);
            assertThat(gatehouse.get("management", "/readyz").status()).isEqualTo(200);
            gatehouse.terminate();
            assertThat(gatehouse.exitCode()).isEqualTo(143);
            assertThat(gatehouse.isReadyFileThere()).isFalse();
            // Two connections, so perhaps two event loops, whose lines may come in either order.
            JsonNode line = new ObjectMapper()
                    .readTree(Files.readAllLines(folder.resolve("access.log")).stream()
                            .filter(text -> text.contains("app-1"))
                            .findFirst()
                            .orElseThrow());
            assertThat(line.path("route").asText()).isEqualTo("ui-live");
            assertThat(line.path("path").asText()).isEqualTo("/sparkui/app-1/jobs/");
            assertThat(line.path("status").asInt()).isEqualTo(200);
            assertThat(line.path("upstream_addr").asText()).isEqualTo("127.0.0.1:" + ui.port());
        }
    }

    @Test
    void aChangedFileIsTakenOverWhileItRuns() throws Exception {
        try (ScriptedUpstream one = named("one", Duration.ZERO);
                ScriptedUpstream two = named("two", Duration.ZERO);
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, config("[" + application("app-1", one) + "]", "{delay: 0s, timeout: 5s}"))) {
            // When: the watcher sees a new application
            config(
                    "[" + application("app-1", one) + ", " + application("app-2", two) + "]",
                    "{delay: 0s, timeout: 5s}");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    gatehouse.get("ui", "/sparkui/app-2/").text())
                            .isEqualTo("two /"));

            // And: by hand, a change that needs a restart
            config("[" + application("app-2", two) + "]", "{delay: 1s, timeout: 5s}");
            Response refused = gatehouse.reload();
            assertThat(refused.status()).isEqualTo(200);
            assertThat(refused.text()).contains("drain.delay cannot change without a restart");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    gatehouse.get("ui", "/sparkui/app-1/").status())
                            .isEqualTo(404));

            // And: a broken file
            Files.writeString(folder.resolve("gatehouse.yaml"), "ui: {prot: 1}\n");
            Response broken = gatehouse.reload();
            assertThat(broken.status()).isEqualTo(422);
            assertThat(broken.text()).contains("ui.prot", "port");
            assertThat(gatehouse.get("ui", "/sparkui/app-2/").text()).isEqualTo("two /");

            // Then
            String metrics = gatehouse.get("management", "/metrics").text();
            assertThat(metrics)
                    .contains("gatehouse_config_reloads_total{result=\"applied\"}")
                    .contains("gatehouse_config_reloads_total{result=\"refused\"}")
                    .contains("gatehouse_config_reloads_total{result=\"failed\"}");
        }
    }

    @Test
    void limitsAndThresholdsChangeWithoutARestart() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ZERO);
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, "-Xmx40m", config("[" + application("app-1", ui) + "]", "{delay: 0s, timeout: 5s}"));
                RawClient kept = gatehouse.client("ui")) {
            String get = "GET /sparkui/app-1/ HTTP/1.1\r\nHost: gatehouse.example\r\n\r\n";
            assertThat(kept.send(get).response().status()).isEqualTo(200);
            Path file = folder.resolve("gatehouse.yaml");
            String yaml = Files.readString(file);

            // When: one connection, which there is already
            Files.writeString(
                    file,
                    yaml.replace("ui: {", "ui: {limits: {maxConnections: 1, maxConnectionsPerClient: 9}, ")
                            + "upstream: {maxPending: 1, maxConnectionsPerHost: 1, ejection: {consecutiveErrors: 2}}\n");
            Response applied = gatehouse.reload();
            // Then
            assertThat(applied.text()).contains("\"result\":\"applied\"", "\"refused\":[]");
            assertThat(kept.send(get).response().status()).isEqualTo(200);
            Response refused = gatehouse.get("ui", "/sparkui/app-1/");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.field("retry-after")).isEqualTo("5");

            // When: thresholds below what this process needs to live
            Files.writeString(file, yaml + "overload: {drainAt: 10, refuseAt: 10}\n");
            assertThat(gatehouse.reload().text()).contains("overload.drainAt", "\"refused\":[]");
            // Then: users are refused, whoever looks after the process is not
            await().atMost(PATIENCE)
                    .until(() -> gatehouse.get("ui", "/sparkui/app-1/").status() == 503);
            assertThat(gatehouse.get("ui", "/sparkui/app-1/").field("proxy-status"))
                    .isEqualTo("gatehouse; error=proxy_internal_response");
            assertThat(gatehouse.get("management", "/readyz").status()).isEqualTo(200);
            assertThat(gatehouse.get("management", "/metrics").text()).contains("gatehouse_memory_pressure 2");

            // When / Then
            Files.writeString(file, yaml);
            gatehouse.reload();
            await().atMost(PATIENCE)
                    .until(() -> gatehouse.get("ui", "/sparkui/app-1/").status() == 200);
        }
    }

    @Test
    void belowAPathOfAProxyThatBecomesTrustedWithoutARestart() throws Exception {
        config("[]", "{delay: 0s, timeout: 5s}");
        Path file = folder.resolve("gatehouse.yaml");
        String yaml = Files.readString(file).replace("ui: {", "ui: {basePath: /gatehouse, ");
        Files.writeString(file, yaml);
        String stripped = "GET / HTTP/1.1\r\nHost: gate\r\nX-Forwarded-For: 192.0.2.1\r\n"
                + "X-Forwarded-Prefix: /gatehouse\r\nConnection: close\r\n\r\n";
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, file)) {
            // Given: the path with its prefix needs no trust, without it does
            assertThat(gatehouse.url("ui")).endsWith("/gatehouse");
            assertThat(gatehouse.get("ui", "/gatehouse/").text()).contains("Running Spark applications");
            assertThat(gatehouse.get("ui", "/").field("location")).isEqualTo("/gatehouse/");
            assertThat(gatehouse.ask("ui", stripped).status()).isEqualTo(404);

            // When
            Files.writeString(file, yaml.replace("ui: {", "ui: {trustedProxies: [127.0.0.0/8], "));
            Response applied = gatehouse.reload();

            // Then
            assertThat(applied.text()).contains("ui.trustedProxies", "\"refused\":[]");
            assertThat(gatehouse.ask("ui", stripped).text()).contains("Running Spark applications");
            gatehouse.terminate();
            assertThat(gatehouse.exitCode()).isEqualTo(143);
            assertThat(Files.readAllLines(folder.resolve("access.log")))
                    .anyMatch(line -> line.contains("\"client\":\"192.0.2.1\",\"peer\":\"127.0.0.1\""));
        }
    }

    @Test
    void whoMayDoWhatAndWhatPassesChangesWithoutARestart() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (ScriptedUpstream driver = new ScriptedUpstream(connection -> {
                    while (true) {
                        seen.add(connection.head());
                        connection.send("HTTP/1.1 200 OK\r\nSet-Cookie: SID=1\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                GatehouseProcess gatehouse = GatehouseProcess.serve(folder, guarded("{}", driver))) {
            // Given: the defaults
            String page = "GET /sparkui/app-1/?doAs=root HTTP/1.1\r\nHost: a\r\nX-Auth-Request-User: alice\r\n"
                    + "Authorization: Basic eDp5\r\nCookie: SID=0\r\nConnection: close\r\n\r\n";
            Response first = gatehouse.ask("ui", page);
            assertThat(first.field("set-cookie")).startsWith("gh~app-1~SID=1;").endsWith("Path=/sparkui/app-1/");
            assertThat(first.field("x-content-type-options")).isEqualTo("nosniff");
            assertThat(first.field("content-security-policy")).startsWith("frame-ancestors 'self'");
            assertThat(seen.getLast()).startsWith("GET / ").doesNotContainIgnoringCase("alice", "basic", "SID=0");

            // When
            guarded(
                    "{trustedProxies: [127.0.0.0/8], viewerHeader: X-Auth-Request-User, impersonate: true, kill: owners,"
                            + " cookies: shared, passAuthorization: everybody, responseHeaders: {X-Team: data}}",
                    driver);
            assertThat(gatehouse.reload().status()).isEqualTo(200);

            // Then
            Response second = gatehouse.ask("ui", page);
            assertThat(second.field("set-cookie")).startsWith("SID=1;");
            assertThat(second.field("x-team")).isEqualTo("data");
            assertThat(seen.getLast()).startsWith("GET /?doAs=alice ").contains("Basic eDp5", "SID=0");
            assertThat(gatehouse.get("ui", "/sparkui/app-1/").status()).isEqualTo(403);
            String kill = "POST /sparkui/app-1/jobs/job/kill/ HTTP/1.1\r\nHost: a\r\nX-Auth-Request-User: alice\r\n"
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n";
            assertThat(gatehouse.ask("ui", kill).status()).isEqualTo(403);
        }
    }

    private Path guarded(String ui, ScriptedUpstream driver) throws IOException {
        Path file = config("[" + application("app-1", driver) + "]", "{delay: 0s, timeout: 5s}");
        String keys = ui.equals("{}") ? "" : ", " + ui.substring(1, ui.length() - 1);
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("ui: {address: 127.0.0.1, port: 0}", "ui: {address: 127.0.0.1, port: 0" + keys + "}"));
        return file;
    }

    @Test
    void aRotatedTokenCountsWithoutARestart() throws Exception {
        // Given
        Path token = folder.resolve("token");
        Files.writeString(token, "0123456789abcdef");
        Path config = folder.resolve("gatehouse.yaml");
        Files.writeString(
                config,
                "ui: {port: 0}\nmanagement: {port: 0, tokenFile: " + token + "}\naccessLog: {output: off}\n"
                        + "drain: {delay: 0s, timeout: 1s}\n");
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
            assertThat(reload(gatehouse, "0123456789abcdef").status()).isEqualTo(200);

            // When: the watcher sees the new one
            Files.writeString(token, "fedcba9876543210");

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    reload(gatehouse, "fedcba9876543210").status())
                            .isEqualTo(200));
            assertThat(reload(gatehouse, "0123456789abcdef").status()).isEqualTo(401);

            // When: one that is none
            Files.writeString(token, "");
            Response refused = reload(gatehouse, "fedcba9876543210");

            // Then
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("management.tokenFile");
        }
    }

    private static Response reload(GatehouseProcess gatehouse, String token) throws IOException {
        return gatehouse.ask("management", RELOAD.replace("Host: a", "Host: a\r\nAuthorization: Bearer " + token));
    }

    @Test
    void aRequestInFlightSurvivesSigterm() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ofSeconds(3));
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, config("[" + application("app-1", ui) + "]", "{delay: 1s, timeout: 20s}"));
                RawClient idle = gatehouse.client("ui");
                RawClient client = gatehouse.client("ui")) {
            // Given
            idle.send("GET /sparkui/app-1/quick HTTP/1.1\r\nHost: a\r\n\r\n").response();
            client.send("GET /sparkui/app-1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
            await().atMost(PATIENCE).until(() -> ui.connections() > 0);
            Thread.sleep(300);

            // When
            gatehouse.terminate();

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    gatehouse.get("management", "/readyz").status())
                            .isEqualTo(503));
            assertThat(gatehouse.isReadyFileThere())
                    .as("gone before the listener")
                    .isFalse();
            Response response = client.response();
            assertThat(response.text()).isEqualTo("one /slow");
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(idle.isClosedByPeer()).isTrue();
            assertThat(gatehouse.exitCode()).isEqualTo(143);
            assertThat(gatehouse.log()).contains("\"cut\":\"0\"");
        }
    }

    @Test
    void aReadyFileThatCannotBeRemovedCutsNoRequest() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ofSeconds(2));
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, config("[" + application("app-1", ui) + "]", "{delay: 0s, timeout: 20s}"));
                RawClient client = gatehouse.client("ui")) {
            // Given: something else in its place
            Path ready = folder.resolve("ready.json");
            Files.delete(ready);
            Files.createDirectory(ready);
            client.send("GET /sparkui/app-1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
            Thread.sleep(500);

            // When
            gatehouse.terminate();

            // Then
            assertThat(client.response().text()).isEqualTo("one /slow");
            assertThat(gatehouse.exitCode()).isEqualTo(143);
            assertThat(gatehouse.log()).contains("the ready file");
        }
    }

    @Test
    void aRequestBeyondTheDeadlineOfTheDrainIsCutAndCounted() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ofSeconds(30));
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder, config("[" + application("app-1", ui) + "]", "{delay: 0s, timeout: 1s}"));
                RawClient client = gatehouse.client("ui")) {
            client.send("GET /sparkui/app-1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
            await().atMost(PATIENCE).until(() -> ui.connections() > 0);
            Thread.sleep(500);
            gatehouse.terminate();
            assertThat(gatehouse.exitCode()).isEqualTo(143);
            assertThat(gatehouse.log()).contains("\"cut\":\"1\"");
        }
    }

    @Test
    void aPortInUseIsSaidPlainlyAndEndsTheProcess() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = folder.resolve("taken.yaml");
            Files.writeString(
                    file,
                    "ui: {port: 0}\nmanagement: {port: " + taken.getLocalPort() + "}\naccessLog: {output: off}\n");
            try (GatehouseProcess gatehouse = GatehouseProcess.start(folder, "serve", "--config", file.toString())) {
                assertThat(gatehouse.exitCode()).isEqualTo(1);
                assertThat(gatehouse.log())
                        .contains("cannot listen on", "management")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void anInvalidFileEndsWithCode100AndItsLine() throws Exception {
        Path file = folder.resolve("bad.yaml");
        Files.writeString(file, "ui:\n  prot: 4040\n");
        try (GatehouseProcess gatehouse = GatehouseProcess.start(folder, "serve", "--config", file.toString())) {
            assertThat(gatehouse.exitCode()).isEqualTo(100);
            assertThat(gatehouse.log()).contains("bad.yaml:2", "port");
        }
    }

    @Test
    void everyMetricStandsInTheDocumentationAndTheOtherWayRound() throws Exception {
        try (ScriptedUpstream ui = named("one", Duration.ZERO);
                ScriptedUpstream cut = new ScriptedUpstream(connection -> connection.head());
                GatehouseProcess gatehouse = GatehouseProcess.serve(
                        folder,
                        withConnect(withTls(config(
                                "[" + application("app-1", ui) + ", " + application("cut", cut) + "]",
                                "{delay: 0s, timeout: 1s}"))))) {
            callWhatThereIsNot(URI.create(gatehouse.url("connect")));
            gatehouse.get("ui", "/sparkui/app-1/");
            gatehouse.get("ui", "/sparkui/cut/");
            gatehouse.reload();
            Set<String> scraped = names(gatehouse.get("management", "/metrics").text(), "(?m)^(gatehouse_\\w+)");
            Set<String> documented =
                    names(Files.readString(Path.of("..", "docs", "metrics.md")), "(?m)^\\| `(gatehouse_\\w+)");
            assertThat(scraped).containsExactlyInAnyOrderElementsOf(documented);
        }
    }

    /** A pool whose server is never asked. */
    private static Path withConnect(Path config) throws IOException {
        return Files.writeString(
                config,
                "connect: {port: 0}\npools: [{name: etl, servers: [{url: \"http://127.0.0.1:1\"}]}]\n",
                StandardOpenOption.APPEND);
    }

    /** A call of gRPC to a method that nobody has, as the bytes of HTTP/2; waits for the head of its answer. */
    private static void callWhatThereIsNot(URI door) throws IOException {
        byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
        // RFC 7541 appendix A: :method POST, :scheme http, then :path, :authority and content-type with a text each.
        byte[] fields = bytes("\203\206\4\2/x\1\1a\17\20\20application/grpc");
        byte[] headers = {0, 0, (byte) fields.length, 1, 0x5, 0, 0, 0, 1};
        try (Socket socket = new Socket(door.getHost(), door.getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            out.write(settings);
            out.write(headers);
            out.write(fields);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type;
            do {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                type = in.readUnsignedByte();
                in.skipNBytes(5L + length);
            } while (type != 1);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Some meters are there with TLS only. */
    private Path withTls(Path config) throws IOException {
        KeyPairFiles own = TestPki.files(folder, "own", new TestPki().issue("gatehouse.example"));
        String tls = "ui: {tls: {certFile: %s, keyFile: %s}, ".formatted(own.certFile(), own.keyFile());
        return Files.writeString(config, Files.readString(config).replace("ui: {", tls));
    }

    /** Histograms count as one: their suffixes are left off. */
    private static Set<String> names(String text, String pattern) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1).replaceFirst("_seconds_(bucket|count|sum|max)$", "_seconds"));
        }
        return names;
    }
}
