// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {

    private final Readiness patient = new Readiness(Duration.ofMinutes(1));

    @TempDir
    Path folder;

    private ChildProcesses children;
    private HttpServer server;

    @BeforeEach
    void setUp() throws IOException {
        children = new ChildProcesses(Map.of("PATH", System.getenv("PATH")), folder, Duration.ofSeconds(1));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @AfterEach
    void tearDown() {
        server.stop(0);
        children.close();
    }

    @Test
    void serverShouldBeReadyOnlyWhenItAnswersOk() throws Exception {
        // Given
        server.createContext("/starting", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        ChildProcess child = start("exec sleep 600");

        // When
        CompletableFuture<Void> starting = new Readiness(Duration.ofMillis(600)).answers(uri("/starting"), child);
        CompletableFuture<Void> ready = patient.answers(uri("/"), child);

        // Then
        assertThat(ready).succeedsWithin(ProcessTable.PATIENCE);
        DemoPart part = new DemoPart("Server", Optional.of(uri("/")), child, ready);
        assertThat(part.status()).isEqualTo(DemoPart.Status.READY);
        assertThatThrownBy(() -> starting.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(SparkSetupException.class)
                .hasMessageContaining("was not ready within");
    }

    @Test
    void serverThatSpeaksNoHttpShouldBeReadyWhenItTakesConnections() throws Exception {
        // Given
        ChildProcess child = start("exec sleep 600");
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) listening.getLocalSocketAddress();

            // When, Then
            assertThat(patient.listens(address, child)).succeedsWithin(ProcessTable.PATIENCE);

            listening.close();
            CompletableFuture<Void> closed = new Readiness(Duration.ofMillis(600)).listens(address, child);
            assertThatThrownBy(() -> closed.get(1, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(SparkSetupException.class)
                    .hasMessageContaining("was not ready within");
        }
    }

    @Test
    void serverThatTakesConnectionsAndNeverAnswersShouldUseUpThePatienceOnce() throws Exception {
        // Given: the system takes connections for a socket on which nobody calls accept
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ChildProcess child = start("exec sleep 600");
            URI uri = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");

            // When
            CompletableFuture<Void> ready = new Readiness(Duration.ofMillis(600)).answers(uri, child);

            // Then
            assertThatThrownBy(() -> ready.get(1, TimeUnit.MINUTES)).hasMessageContaining("was not ready within");
            silent.setSoTimeout(500);
            silent.accept().close();
            assertThatThrownBy(silent::accept).as("one attempt only").isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void serverThatEndsShouldFailWithTheEndOfItsLog() throws Exception {
        // Given
        ChildProcess child = start("echo the port is taken; exit 3");

        // When
        CompletableFuture<Void> ready = patient.answers(uri("/"), child);

        // Then
        assertThatThrownBy(() -> ready.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(SparkSetupException.class)
                .hasMessageContaining("child ended with exit code 3")
                .hasMessageContaining("the port is taken");
        assertThat(new DemoPart("Server", Optional.empty(), child, ready).status())
                .isEqualTo(DemoPart.Status.FAILED);
    }

    @Test
    void endShouldBeGoodWithExitCodeZeroOnly() throws Exception {
        // When
        ChildProcess good = start("exit 0");
        CompletableFuture<Void> goodEnd = patient.endsWell(good);
        goodEnd.get(1, TimeUnit.MINUTES);
        CompletableFuture<Void> badEnd = patient.endsWell(start("echo oops; exit 1"));

        // Then
        assertThat(new DemoPart("Report", Optional.empty(), good, goodEnd).status())
                .isEqualTo(DemoPart.Status.ENDED);
        assertThatThrownBy(() -> badEnd.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(SparkSetupException.class)
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("oops");
    }

    @Test
    void endThatDoesNotComeShouldFailAfterThePatience() throws Exception {
        // Given
        ChildProcess child = start("exec sleep 600");

        // When
        CompletableFuture<Void> end = new Readiness(Duration.ofMillis(300)).endsWell(child);

        // Then
        assertThatThrownBy(() -> end.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(SparkSetupException.class)
                .hasMessageContaining("was not ready within");
    }

    private ChildProcess start(String script) throws Exception {
        for (ChildProcess earlier : children.running()) {
            earlier.stop().get(1, TimeUnit.MINUTES);
        }
        return children.start(new ChildCommand("child", List.of("bash", "-c", script), Map.of(), folder));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }
}
