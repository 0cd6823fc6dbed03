// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import io.gatehouse.launcher.Logging;
import io.gatehouse.launcher.cli.Launch;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.session.local.ConnectServer;
import io.gatehouse.session.local.DemoPorts;
import io.gatehouse.session.local.JavaRuntime;
import io.gatehouse.session.local.SparkDistribution;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatehouse demo} as a process of its own, with a script in the place of Python: no Spark is needed to get this far. */
class DemoIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Makes a virtual environment of itself; what pip does is in FAKE_PIP. */
    private static final String PYTHON = """
            #!/bin/bash
            case "$1 $2" in
              "-c "*) echo 3.12 ;;
              "-m venv")
                mkdir -p "$3/bin"
                cp "$0" "$3/bin/python" ;;
              "-m pip") eval "$FAKE_PIP" ;;
            esac
            """;

    @TempDir
    private Path folder;

    private GatehouseProcess demo(String pip, String... arguments) throws IOException {
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("python3");
        Files.writeString(program, PYTHON);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Map<String, String> environment = Map.of(
                "PATH",
                program.getParent() + ":" + System.getenv("PATH"),
                "JAVA_HOME",
                System.getProperty("java.home"),
                "SPARK_HOME",
                "",
                "GATEHOUSE_CACHE",
                folder.resolve("cache").toString(),
                "FAKE_PIP",
                pip);
        return GatehouseProcess.start(
                folder,
                environment,
                Stream.concat(Stream.of("demo"), Stream.of(arguments)).toArray(String[]::new));
    }

    private List<Path> demoFolders() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().startsWith("gatehouse-demo-"))
                    .toList();
        }
    }

    @Test
    void sigtermEndsADemoThatInstallsSparkAndItsPip() throws Exception {
        Path pid = folder.resolve("pip.pid");
        try (GatehouseProcess demo = demo("echo $$ > " + pid + "; exec sleep 600")) {
            // Given
            await().atMost(PATIENCE).until(() -> Files.exists(pid) && Files.size(pid) > 0);
            long pip = Long.parseLong(Files.readString(pid).strip());

            // When
            demo.terminate();

            // Then
            assertThat(demo.exitCode()).isEqualTo(143);
            assertThat(ProcessHandle.of(pip).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(demo.log()).doesNotContain("InterruptedException", "failed");
            assertThat(demoFolders()).isEmpty();
        }
    }

    @Test
    void sigtermEndsADemoThatWaitsForAnothersInstallation() throws Exception {
        Path lock = Files.createDirectories(folder.resolve("cache")).resolve("pyspark-4.3.0.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            try (GatehouseProcess demo = demo("exit 1")) {
                // Given
                await().atMost(PATIENCE).until(() -> demo.log().contains("Another Gatehouse is installing"));

                // When
                demo.terminate();

                // Then
                assertThat(demo.exitCode()).isEqualTo(143);
                assertThat(demo.log()).doesNotContain("InterruptedException");
                assertThat(demoFolders()).isEmpty();
            }
        }
    }

    @Test
    void aDemoThatFailsKeepsTheLogsThatItsMessageNames() throws Exception {
        try (GatehouseProcess demo = demo("echo no such package; exit 1")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demoFolders()).hasSize(1);
            Path logs = demoFolders().getFirst().resolve("logs");
            assertThat(demo.log()).contains("no such package", "kept in " + logs);
            assertThat(logs.resolve("spark-install-pip.log")).content().contains("no such package");
        }
    }

    @Test
    void aPortThatSomebodyTookMeanwhileIsReplacedByAnother() throws Exception {
        // Given
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        ConfigLoader loader = new ConfigLoader(Map.of("GATEHOUSE_UI_PROXY_BASE", "/spark-uis"));
        Logging logging = new Logging(new LoggerContext(), out);
        Launch launch = new Launch(loader.loadWithoutFile(), loader, null, null, logging);
        Demo demo = new Demo(new ProcessContext(Map.of(), folder, out), "test");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            // When
            DemoPorts spark = new DemoPorts(1, 2, List.of(new ConnectServer("connect", 3, 4)));
            try (GatehouseServer server =
                    demo.start(launch, folder, new Demo.DoorPorts(0, port, 0), spark, List.of())) {
                demo.say(launch, server, "app-1", "app-2");
                demo.sayConnect(server, distribution("4.3.0"));
                // Then
                int connect = URI.create(String.valueOf(server.connectUrl())).getPort();
                assertThat(connect).isNotEqualTo(port).isPositive();
                assertThat(printed.toString(StandardCharsets.UTF_8))
                        .contains(
                                "  Spark Connect      sc://localhost:" + connect + "\n",
                                "SparkSession.builder.remote(\"sc://localhost:" + connect + "\")");
            }
            printed.reset();

            // When
            try (GatehouseServer server = demo.start(
                    launch, folder, new Demo.DoorPorts(port, 0, 0), new DemoPorts(1, 2, List.of()), List.of())) {
                demo.say(launch, server, "app-1", "app-2");
                demo.sayConnect(server, distribution("3.5.9"));
                // Then
                int other = URI.create(server.uiUrl()).getPort();
                assertThat(other).isNotEqualTo(port).isPositive();
                assertThat(printed.toString(StandardCharsets.UTF_8))
                        .contains("http://127.0.0.1:" + other + "/spark-uis/app-1/", "/history/app-2/")
                        .contains("Spark 3.5.9 in /spark has no Spark Connect")
                        .doesNotContain("sc://");
                assertThat(server.connectUrl()).isNull();
            }
        }
    }

    private static SparkDistribution distribution(String version) {
        return new SparkDistribution(Path.of("/spark"), new JavaRuntime(Path.of("/java"), 17), null, version);
    }

    @Test
    void theLogLevelThatTheUserNamesWins() throws Exception {
        try (GatehouseProcess demo = demo("exit 1", "--log-level", "info")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.log()).contains("INFO", "child started");
        }
        try (GatehouseProcess demo = demo("exit 1")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.log()).doesNotContain("child started");
        }
    }
}
