// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.session.local.ConnectServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Spark Connect server behind TLS, and what clients hear that do not say what they have seen when it is started anew at the same
 * address. Spark has no TLS of its own there, so a front ends it. What clients do stands in connect_servers.py.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectServersST {
    private static final String SCRIPT = "connect_servers.py";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    @Test
    void aServerThatWasStartedAnewIsNoticedThroughTls() throws Exception {
        // Given
        TestPki pki = new TestPki();
        TestPorts ports = new TestPorts();
        ConnectServer server = new ConnectServer("connect", ports.pick(), ports.pick());
        try (SparkProcesses spark = SparkProcesses.in(Files.createDirectory(folder.resolve("spark")));
                TlsFront front =
                        new TlsFront(pki.issue("localhost"), server.grpc().getPort())) {
            ConnectServerProcess running = spark.startConnect(server);
            try (InputStream in = ConnectServersST.class.getResourceAsStream(SCRIPT)) {
                Files.copy(in, folder.resolve(SCRIPT));
            }
            try (ServeProcess door = ServeProcess.start(folder, """
                    ui: {port: 0}
                    management: {port: 0}
                    connect: {port: 0}
                    pools:
                      - name: etl
                        tls: {caFile: %s}
                        servers: [{url: "https://localhost:%d"}]
                    """.formatted(pki.caFile(folder), front.port()))) {
                Path output = folder.resolve("connect_servers.log");
                Process script = new ProcessBuilder(
                                spark.python().toString(),
                                "-u",
                                folder.resolve(SCRIPT).toString(),
                                door.connect().replaceAll("/.*", ""),
                                server.grpc().getAuthority())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                try {
                    Awaitility.await()
                            .atMost(PATIENCE)
                            .until(() -> !script.isAlive()
                                    || Files.readString(output).contains("ready"));
                    assertThat(script.isAlive()).as(() -> text(output)).isTrue();

                    // When
                    running.kill();
                    spark.startConnect(server);
                    script.getOutputStream().write("anew\n".getBytes(StandardCharsets.US_ASCII));
                    script.getOutputStream().flush();

                    // Then
                    assertThat(script.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && script.exitValue() == 0)
                            .as(() -> text(output))
                            .isTrue();
                } finally {
                    script.destroyForcibly();
                }
            }
        }
    }

    private static String text(Path output) {
        try {
            return Files.readString(output);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
