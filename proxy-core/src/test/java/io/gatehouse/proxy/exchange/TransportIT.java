// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What depends on the kernel interface, on each of them: bodies, cuts, stalls, refusals, early answers. */
class TransportIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    static Stream<Transport> transports() {
        return Stream.of(Transport.Kind.EPOLL, Transport.Kind.IO_URING, Transport.Kind.NIO)
                .flatMap(TransportIT::available);
    }

    private static Stream<Transport> available(Transport.Kind kind) {
        try {
            return Stream.of(Transport.of(kind));
        } catch (UnsupportedOperationException otherMachine) {
            return Stream.empty();
        }
    }

    private static ProxyUnderTest proxy(Transport transport, int port) throws Exception {
        return ProxyUnderTest.with(ProxyUnderTest.allTo(port))
                .quick()
                .transport(transport)
                .start();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void bodiesPassBothWays(Transport transport) throws Exception {
        String body = "0123456789".repeat(500_000);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.ok(c.body(c.head()));
                    }
                });
                ProxyUnderTest proxy = proxy(transport, upstream.port());
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                assertThat(client.response().text()).isEqualTo(body);
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void cutsAreSeen(Transport transport) throws Exception {
        AtomicBoolean reset = new AtomicBoolean();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\n" + (reset.get() ? "" : "Content-Length: 10\r\n") + "\r\nabc");
                    if (reset.get()) {
                        Thread.sleep(50);
                        c.reset();
                    }
                });
                ProxyUnderTest proxy = proxy(transport, upstream.port())) {
            for (boolean byReset : new boolean[] {false, true}) {
                reset.set(byReset);
                for (String request : new String[] {GET, GET.replace("HTTP/1.1", "HTTP/1.0")}) {
                    try (RawClient client = proxy.client()) {
                        assertThat(client.send(request).everything()).endsWith(RawClient.RESET);
                    }
                }
            }
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aClientThatDoesNotReadIsReset(Transport transport) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                    c.send(new byte[100_000_000]);
                });
                ProxyUnderTest proxy = proxy(transport, upstream.port());
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            client.send(GET);
            proxy.log(1);
            assertThat(client.everything()).endsWith(RawClient.RESET);
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anEarlyAnswerSurvivesTheResetBehindIt(Transport transport) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                });
                ProxyUnderTest proxy = proxy(transport, upstream.port())) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
                    client.send(new byte[4_000_000]);
                    assertThat(client.response().status()).isEqualTo(413);
                }
            }
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void refusedIsA502(Transport transport) throws Exception {
        int port;
        try (ScriptedUpstream gone = new ScriptedUpstream(c -> {})) {
            port = gone.port();
        }
        try (ProxyUnderTest proxy = proxy(transport, port);
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectingTakesItsTimeAndNotMore(Transport transport) throws Exception {
        try (ClosedBacklog nowhere = new ClosedBacklog();
                ProxyUnderTest proxy = proxy(transport, nowhere.port());
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().field("proxy-status"))
                    .isEqualTo("gatehouse; error=connection_timeout");
        }
    }
}
