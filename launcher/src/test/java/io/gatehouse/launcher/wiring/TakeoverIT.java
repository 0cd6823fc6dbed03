// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve --takeover} and SIGTERM under load, with real processes. */
@EnabledOnOs(OS.LINUX)
class TakeoverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final TestPorts ports = new TestPorts();

    @TempDir
    private Path folder;

    private Path ready() {
        return folder.resolve("ready.json");
    }

    private Path home(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private Path config(String name, int uiPort, int managementPort, String more) throws IOException {
        return Files.writeString(
                folder.resolve(name), """
                ui: {address: 127.0.0.1, port: %d}
                management: {address: 127.0.0.1, port: %d}
                accessLog: {output: off}
                drain: {delay: 300ms, timeout: 20s}
                takeover: {socket: %s}
                %s
                """.formatted(uiPort, managementPort, folder.resolve("takeover"), more));
    }

    private static String discovery(String url) {
        return "discovery: {interval: 200ms, applications: [{id: app, url: \"" + url + "\"}]}";
    }

    private GatehouseProcess serve(String name, Path config, String... options) throws IOException {
        return GatehouseProcess.serve(home(name), config, ready(), options);
    }

    @Test
    void twoTakeoversUnderLoadLoseNothing() throws Exception {
        try (ScriptedUpstream ui = Load.upstream()) {
            Path config = config("a.yaml", ports.pick(), ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            try (GatehouseProcess first = serve("1", config);
                    Load load = new Load(first.door("ui"), false)) {
                load.awaitAnswers(50);
                try (GatehouseProcess second = serve("2", config, "--takeover")) {
                    assertThat(first.exitCode()).isZero();
                    assertThat(first.log()).contains("\"cut\":\"0\"");
                    assertThat(second.door("ui")).isEqualTo(first.door("ui"));
                    load.awaitAnswers(50);
                    try (GatehouseProcess third = serve("3", config, "--takeover")) {
                        assertThat(second.exitCode()).isZero();
                        assertThat(second.log()).contains("\"cut\":\"0\"");
                        load.awaitAnswers(50);
                        load.end();
                        assertThat(load.problems()).isEmpty();
                        assertThat(load.slow()).as("requests of 2 s").isPositive();

                        // Then: what the third wrote stands, until it ends itself
                        assertThat(ready()).content().contains("\"pid\":" + third.pid());
                        assertThat(folder.resolve("takeover")).exists();
                        third.terminate();
                        assertThat(third.exitCode()).isEqualTo(143);
                        assertThat(ready()).doesNotExist();
                        assertThat(Files.exists(folder.resolve("takeover"), LinkOption.NOFOLLOW_LINKS))
                                .isFalse();
                    }
                }
            }
        }
    }

    @Test
    void aRestartBySigtermUnderLoadLosesNothingInFlight() throws Exception {
        try (ScriptedUpstream ui = Load.upstream()) {
            Path config = config("a.yaml", ports.pick(), ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            try (GatehouseProcess first = serve("1", config);
                    Load load = new Load(first.door("ui"), true)) {
                load.awaitAnswers(50);
                first.terminate();
                assertThat(first.exitCode()).isEqualTo(143);
                assertThat(first.log()).contains("\"cut\":\"0\"");
                try (GatehouseProcess second = serve("2", config)) {
                    load.awaitAnswers(50);
                    load.end();
                    assertThat(second.isAlive()).isTrue();
                    assertThat(load.problems()).isEmpty();
                    assertThat(load.slow()).as("requests of 2 s").isPositive();
                }
            }
        }
    }

    @Test
    void aNewProcessThatIsKilledWhileItStartsChangesNothing() throws Exception {
        try (ScriptedUpstream ui = Load.upstream();
                // Accepts and never answers: the new process waits for its first look.
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            int port = ports.pick();
            int management = ports.pick();
            Path good = config("a.yaml", port, management, discovery("http://127.0.0.1:" + ui.port()));
            Path slow = config("b.yaml", port, management, discovery("http://127.0.0.1:" + silent.getLocalPort()));
            try (GatehouseProcess first = serve("1", good);
                    Load load = new Load(first.door("ui"), false)) {
                // When
                try (GatehouseProcess second = GatehouseProcess.start(
                        home("2"),
                        "serve",
                        "--takeover",
                        "--config",
                        slow.toString(),
                        "--ready-file",
                        ready().toString())) {
                    await().atMost(PATIENCE).until(() -> second.log().contains("gatehouse started"));
                    second.kill();
                }

                // Then
                await().atMost(PATIENCE)
                        .until(() -> first.log().contains("the new process broke off; this one goes on"));
                load.awaitAnswers(50);
                assertThat(ready()).content().contains("\"pid\":" + first.pid());

                // And the next one is welcome
                try (GatehouseProcess third = serve("3", good, "--takeover")) {
                    assertThat(first.exitCode()).isZero();
                    load.awaitAnswers(50);
                    load.end();
                    assertThat(third.isAlive()).isTrue();
                    assertThat(load.problems()).isEmpty();
                }
            }
        }
    }

    @Test
    void aNewProcessThatCannotServeSaysWhyAndTheOldOneGoesOn() throws Exception {
        try (ScriptedUpstream ui = Load.upstream();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = ports.pick();
            Path good = config("a.yaml", port, ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            // Given: the management port of the new configuration is another, and in use
            Path bad = config("b.yaml", port, taken.getLocalPort(), discovery("http://127.0.0.1:" + ui.port()));
            try (GatehouseProcess first = serve("1", good)) {
                try (GatehouseProcess second =
                        GatehouseProcess.start(home("2"), "serve", "--takeover", "--config", bad.toString())) {
                    assertThat(second.exitCode()).isEqualTo(1);
                    assertThat(second.log())
                            .contains("cannot listen on", "management")
                            .doesNotContain("\tat ");
                }
                assertThat(first.get("ui", "/sparkui/app/quick").text()).isEqualTo("quick");
                assertThat(first.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aReadyFileThatCannotBeWrittenIsFoundBeforeTheOldOneStops() throws Exception {
        try (ScriptedUpstream ui = Load.upstream()) {
            Path config = config("a.yaml", ports.pick(), ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            try (GatehouseProcess first = serve("1", config)) {
                for (Path bad : List.of(folder.resolve("missing").resolve("ready.json"), home("a-folder"))) {
                    try (GatehouseProcess second = GatehouseProcess.start(
                            home("2"),
                            "serve",
                            "--takeover",
                            "--config",
                            config.toString(),
                            "--ready-file",
                            bad.toString())) {
                        assertThat(second.exitCode()).isEqualTo(1);
                        assertThat(second.log()).contains("cannot write the ready file " + bad);
                    }
                    assertThat(first.get("ui", "/sparkui/app/quick").text()).isEqualTo("quick");
                }
            }
        }
    }

    @Test
    void anOldProcessThatIsKilledWhileTheNewOneStartsIsSucceeded() throws Exception {
        try (ScriptedUpstream ui = Load.upstream();
                // Accepts and never answers: the new process waits for its first look.
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            int port = ports.pick();
            int management = ports.pick();
            Path good = config("a.yaml", port, management, discovery("http://127.0.0.1:" + ui.port()));
            Path slow = config("b.yaml", port, management, discovery("http://127.0.0.1:" + silent.getLocalPort()));
            try (GatehouseProcess first = serve("1", good);
                    GatehouseProcess second = GatehouseProcess.start(
                            home("2"),
                            "serve",
                            "--takeover",
                            "--config",
                            slow.toString(),
                            "--ready-file",
                            ready().toString())) {
                await().atMost(PATIENCE).until(() -> second.log().contains("gatehouse started"));

                // When
                first.kill();

                // Then: whoever connects in between waits, and is answered
                assertThat(first.get("management", "/livez").status()).isEqualTo(200);
                await().atMost(PATIENCE).until(() -> second.log().contains("took over"));
                assertThat(second.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aSecondServerSaysWhatToDoBesideOneThatRuns() throws Exception {
        Path config = config("a.yaml", ports.pick(), ports.pick(), "");
        try (GatehouseProcess first = serve("1", config);
                GatehouseProcess second = GatehouseProcess.start(home("2"), "serve", "--config", config.toString())) {
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.log()).contains("use 'serve --takeover' to succeed it");
            assertThat(first.get("management", "/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void aListenerAtAnotherPortIsBoundAndTheOldPortIsClosed() throws Exception {
        try (ScriptedUpstream ui = Load.upstream()) {
            int port = ports.pick();
            Path before = config("a.yaml", port, ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            Path after = config("b.yaml", port, ports.pick(), discovery("http://127.0.0.1:" + ui.port()));
            try (GatehouseProcess first = serve("1", before);
                    GatehouseProcess second = serve("2", after, "--takeover")) {
                assertThat(second.door("management")).isNotEqualTo(first.door("management"));
                assertThat(second.door("ui")).isEqualTo(first.door("ui"));
                assertThat(first.exitCode()).isZero();
                assertThatThrownBy(() -> first.client("management")).isInstanceOf(ConnectException.class);
            }
        }
    }

    @Test
    void withoutASocketInTheConfigurationATakeoverIsAnError() throws Exception {
        Path file = Files.writeString(folder.resolve("none.yaml"), "ui: {port: 0}\nmanagement: {port: 0}\n");
        try (GatehouseProcess gatehouse =
                GatehouseProcess.start(folder, "serve", "--takeover", "--config", file.toString())) {
            assertThat(gatehouse.exitCode()).isEqualTo(1);
            assertThat(gatehouse.log()).contains("--takeover needs takeover.socket in the configuration");
        }
    }

    @Test
    void whereNobodyRunsATakeoverIsAnOrdinaryStart() throws Exception {
        try (GatehouseProcess gatehouse = serve("1", config("a.yaml", 0, 0, ""), "--takeover")) {
            assertThat(gatehouse.log()).contains("nobody to take over from");
            gatehouse.terminate();
            assertThat(gatehouse.exitCode()).isEqualTo(143);
        }
    }

    @Test
    void anAdminCallDrainsWithoutAnEndAndTakesItBack() throws Exception {
        try (ScriptedUpstream ui = Load.upstream();
                GatehouseProcess gatehouse =
                        serve("1", config("a.yaml", 0, 0, discovery("http://127.0.0.1:" + ui.port())));
                RawClient client = gatehouse.client("ui")) {
            String request = "GET /sparkui/app/quick HTTP/1.1\r\nHost: a\r\n\r\n";
            String drain = " /admin/drain HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            assertThat(client.send(request).response().field("connection")).isNull();

            // When
            assertThat(gatehouse.ask("management", "POST" + drain).text()).contains("\"draining\":true");

            // Then
            assertThat(gatehouse.get("management", "/readyz").status()).isEqualTo(503);
            assertThat(client.send(request).response().field("connection")).isEqualTo("close");
            try (RawClient another = gatehouse.client("ui")) {
                assertThat(another.send(request).response().text()).isEqualTo("quick");
            }

            // When
            assertThat(gatehouse.ask("management", "DELETE" + drain).text()).contains("\"draining\":false");

            // Then
            assertThat(gatehouse.get("management", "/readyz").status()).isEqualTo(200);
            try (RawClient another = gatehouse.client("ui")) {
                assertThat(another.send(request).response().field("connection")).isNull();
            }
            assertThat(gatehouse.isAlive()).isTrue();
        }
    }
}
