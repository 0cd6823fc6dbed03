// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.BufferedReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients see while memory is short: of a guard with given readings, and of a process whose heap is really full. */
class OverloadIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static double pressure(ProxyUnderTest proxy) {
        return proxy.registry().get("gatehouse.memory.pressure").gauge().value();
    }

    @Test
    void connectionsEndAboveTheFirstThresholdAndRequestsAboveTheSecond() throws Exception {
        FakeMemory memory = new FakeMemory();
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient kept = proxy.client();
                RawClient idle = proxy.client()) {
            MemoryGuard guard = new MemoryGuard(
                    memory, proxy.runtime().memoryPressure(), () -> OverloadThresholds.DEFAULT, () -> memory.now);
            assertThat(kept.send(GET).response().field("connection")).isNull();
            assertThat(idle.send(GET).response().status()).isEqualTo(200);

            // When: 92 %
            memory.holds(92, 92);
            guard.look();
            // Then
            assertThat(pressure(proxy)).isEqualTo(1);
            Response last = kept.send(GET).response();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(kept.isClosedByPeer()).isTrue();
            assertThat(idle.isClosedByPeer()).as("an idle connection").isTrue();

            // When: 95 %
            memory.pass(Duration.ofMinutes(1));
            memory.holds(95, 95);
            guard.look();
            // Then
            assertThat(pressure(proxy)).isEqualTo(2);
            int asked = upstream.connections();
            try (RawClient refused = proxy.client()) {
                Response response = refused.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                        .response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.field("retry-after")).isEqualTo("5");
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=proxy_internal_response");
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(refused.isClosedByPeer()).isTrue();
            }
            assertThat(upstream.connections()).isEqualTo(asked);
            assertThat(proxy.count(
                            "gatehouse.request.errors",
                            "route",
                            "none",
                            "code",
                            "503",
                            "reason",
                            "proxy_internal_response"))
                    .isEqualTo(1);
            assertThat(proxy.log(4).get(3)).contains("\"error\":\"proxy_internal_response\"", "\"status\":503");

            // When: free again
            memory.holds(40, 40);
            guard.look();
            // Then
            assertThat(pressure(proxy)).isZero();
            try (RawClient served = proxy.client()) {
                Response response = served.send(GET).response();
                assertThat(response.text()).isEqualTo("ok");
                assertThat(response.field("connection")).isNull();
            }
        }
    }

    @Test
    void anExchangeThatHasBegunIsNotRefused() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
                    c.body(c.head());
                    c.send("abc");
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
            ProxyUnderTest.patiently().until(() -> upstream.connections() == 1);
            proxy.runtime().memoryPressure().set(MemoryPressure.Level.REFUSE);
            assertThat(client.send("abc").response().text()).isEqualTo("abc");
        }
    }

    /** With the serial collector, as in the distribution. */
    @Test
    void aHeapFullOfLiveDataRefusesAndOneFullOfGarbageDoesNot() throws Exception {
        try (Child child = new Child()) {
            assertThat(child.status()).isEqualTo(200);

            // When: hundreds of megabytes of garbage, part of which grows old before it dies
            child.tell("churn");
            // Then
            assertThat(child.answer()).isEqualTo("in use at most: above the threshold, refused: 0");
            assertThat(child.status()).isEqualTo(200);

            // When: most of the heap lives
            child.tell("fill");
            assertThat(child.answer()).isEqualTo("filled");
            ProxyUnderTest.patiently().until(() -> child.status() == 503);
            // Then
            Response refused = child.get();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.field("retry-after")).isEqualTo("5");
            assertThat(refused.field("proxy-status")).isEqualTo("gatehouse; error=proxy_internal_response");
            assertThat(child.status()).as("it stays so").isEqualTo(503);

            // When
            child.tell("release");
            assertThat(child.answer()).isEqualTo("released");
            // Then
            ProxyUnderTest.patiently().until(() -> child.status() == 200);
        }
    }

    /** {@link SmallHeapProcess} in a JVM of its own. */
    private static final class Child implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final Writer in;
        private final int port;

        Child() throws Exception {
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-XX:+UseSerialGC",
                            "-Xmx48m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SmallHeapProcess.class.getName()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            out = process.inputReader();
            in = process.outputWriter();
            port = Integer.parseInt(answer());
        }

        void tell(String command) throws Exception {
            in.write(command + "\n");
            in.flush();
        }

        /** The next line that is for us; the rest is its log. */
        String answer() throws Exception {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(SmallHeapProcess.MARK)) {
                    return line.substring(SmallHeapProcess.MARK.length());
                }
            }
            throw new IllegalStateException("the process ended");
        }

        Response get() throws Exception {
            try (RawClient client = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                return client.send(GET).response();
            }
        }

        int status() throws Exception {
            return get().status();
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
