// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.net.SplicePipe;
import io.gatehouse.proxy.net.Splicer;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.netty.channel.Channel;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large bodies go past this process; whatever happens on the way, the client gets its bytes or sees that they are not all. */
class SpliceIT {
    private static final int MIB = 1 << 20;
    private static final byte[] BODY = new byte[8 * MIB];
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length + "\r\n\r\n";
    private static final String SURPLUS = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    static {
        new Random(11).nextBytes(BODY);
    }

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicLong spliced = new AtomicLong();

    @BeforeEach
    void onEpoll() {
        assumeTrue(Transport.best().name().equals("epoll"));
    }

    /** The real pipes, with everything counted. */
    private final class CountedSplicer implements Splicer {
        private final Splicer real = Transport.best().splicer();

        @Override
        public @Nullable SplicePipe open(Channel source, Channel destination) throws IOException {
            SplicePipe pipe = real.open(source, destination);
            if (pipe == null) {
                return null;
            }
            opened.incrementAndGet();
            return new SplicePipe() {
                @Override
                public int fill(long most) throws IOException {
                    int count = pipe.fill(most);
                    spliced.addAndGet(count);
                    return count;
                }

                @Override
                public FileRegion contents() {
                    return pipe.contents();
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                    pipe.close();
                }
            };
        }
    }

    private ProxyUnderTest.Builder proxy(int port) {
        return proxy(ProxyUnderTest.allTo(port));
    }

    private ProxyUnderTest.Builder proxy(Router router) {
        Transport epoll = Transport.best();
        return ProxyUnderTest.with(router)
                .quick()
                .loops(1)
                .transport(new Transport(
                        epoll.name(),
                        epoll.ioHandlerFactory(),
                        epoll.serverChannel(),
                        epoll.socketChannel(),
                        epoll.datagramChannel(),
                        new CountedSplicer(),
                        epoll.notSentLowWatermark(),
                        epoll.keepAlive()));
    }

    private static void assertIsBody(InputStream in) throws IOException {
        assertThat(Arrays.equals(in.readNBytes(BODY.length), BODY)).isTrue();
    }

    @Test
    void mostOfALargeBodyIsSplicedAndTheConnectionsLiveOn() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        c.send(HEAD).send(BODY);
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                client.send(GET).head();
                assertIsBody(client.in());
            }
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(opened).hasValue(5);
            assertThat(spliced.get()).isGreaterThan(5L * BODY.length / 2);
            assertThat(proxy.log(5)).allMatch(line -> line.contains("\"bytes_out\":" + BODY.length));
            ProxyUnderTest.patiently().untilAsserted(() -> assertThat(closed).hasValue(5));
        }
    }

    @Test
    void smallBodiesAndChunksAreNot() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n").send("x".repeat(200_000));
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n")
                            .send("x".repeat(MIB))
                            .send("\r\n0\r\n\r\n");
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).hasSize(200_000);
            assertThat(client.send(GET).response().text()).hasSize(MIB);
            assertThat(opened).hasValue(0);
        }
    }

    /** An upstream that has sent all and closed has still said everything. */
    @Test
    void nothingIsLostWhenTheUpstreamClosesBehindItsAnswer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                            .send(BODY);
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(GET).head();
                Thread.sleep(200);
                assertIsBody(client.in());
            }
            assertThat(spliced.get()).isPositive();
        }
    }

    @Test
    void aBodyThatEndsTooEarlyIsCut() throws Exception {
        for (boolean byReset : new boolean[] {false, true}) {
            try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                        c.head();
                        c.send(HEAD).send(Arrays.copyOf(BODY, BODY.length - 1000));
                        if (byReset) {
                            Thread.sleep(300);
                            c.reset();
                        }
                    });
                    ProxyUnderTest proxy = proxy(upstream.port()).start();
                    RawClient client = proxy.client()) {
                assertThat(client.send(GET).everything()).endsWith(RawClient.RESET);
                assertThat(proxy.log(1).getFirst()).contains("\"error\":\"http_response_incomplete\"");
                proxy.awaitQuiet();
                ProxyUnderTest.patiently()
                        .untilAsserted(() -> assertThat(closed.get()).isEqualTo(opened.get()));
            }
        }
    }

    @Test
    void aSilenceWithinTheBodyIsCut() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD).send(Arrays.copyOf(BODY, 3 * MIB));
                    c.untilClosed();
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).everything()).endsWith(RawClient.RESET);
            assertThat(proxy.log(1).getFirst()).contains("\"error\":\"connection_read_timeout\"");
        }
    }

    /** The deadline of a client that does not read holds although its bytes wait in a pipe. */
    @Test
    void aClientThatDoesNotReadIsCut() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD.replace("" + BODY.length, "" + 100L * BODY.length));
                    for (int i = 0; i < 100; i++) {
                        c.send(BODY);
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = new RawClient(proxy.address(), 4096)) {
            client.send(GET);
            assertThat(proxy.log(1).getFirst()).contains("the client stopped reading");
            proxy.awaitQuiet();
        }
    }

    /** And one that reads slowly, but steadily, is not: 64 KiB a second where the window is one and a half. */
    @Test
    void aSlowClientIsServed() throws Exception {
        int length = MIB;
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD.replace("" + BODY.length, "" + length)).send(Arrays.copyOf(BODY, length));
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            client.send(GET).head();
            byte[] received = new byte[length];
            for (int at = 0; at < length; at += 16 << 10) {
                assertThat(client.in().readNBytes(received, at, 16 << 10)).isEqualTo(16 << 10);
                Thread.sleep(100);
            }
            assertThat(received).isEqualTo(Arrays.copyOf(BODY, length));
        }
    }

    @Test
    void aClientThatLeavesTakesItsUpstreamAlong() throws Exception {
        for (boolean byReset : new boolean[] {false, true}) {
            try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                        c.head();
                        c.send(HEAD.replace("" + BODY.length, "" + 100L * BODY.length));
                        for (int i = 0; i < 100; i++) {
                            c.send(BODY);
                        }
                    });
                    ProxyUnderTest proxy = proxy(upstream.port()).start()) {
                try (RawClient client = proxy.client()) {
                    client.send(GET).in().readNBytes(5 * MIB);
                    if (byReset) {
                        client.reset();
                    }
                }
                assertThat(proxy.log(1).getFirst()).contains("the client closed the connection");
                ProxyUnderTest.patiently().untilAsserted(() -> {
                    assertThat(upstream.failures()).hasSize(1);
                    assertThat(closed.get()).isEqualTo(opened.get());
                });
            }
        }
    }

    @Test
    void surplusBehindASplicedBodyEndsTheConnectionAndReachesNobody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD).send(BODY).send(SURPLUS);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(GET).head();
                assertIsBody(client.in());
                Thread.sleep(100);
            }
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    /** What an upstream has sent already when its connection is given to the next request is not that one's answer. */
    @Test
    void surplusBehindASplicedBodyIsNoAnswerForWhoeverWaits() throws Exception {
        byte[] answerAndMore = Arrays.copyOf(BODY, BODY.length + SURPLUS.length());
        System.arraycopy(SURPLUS.getBytes(StandardCharsets.US_ASCII), 0, answerAndMore, BODY.length, SURPLUS.length());
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    if (c.head().contains("/large")) {
                        c.send(HEAD).send(answerAndMore);
                        c.untilClosed();
                    }
                    c.ok("good");
                });
                ProxyUnderTest proxy = proxy(upstream.port()).perUpstream(1, 8).start();
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            // Given one connection to the upstream, and somebody who waits for it
            first.get("/large").head();
            second.get("/small");
            ProxyUnderTest.patiently().until(() -> proxy.runtime().drainState().exchangesInFlight() == 2);
            Thread.sleep(100);
            // When
            assertIsBody(first.in());
            // Then
            assertThat(second.response().text()).isEqualTo("good");
        }
    }

    @Test
    void pipelinedRequestsGetTheirAnswersInOrder() throws Exception {
        AtomicInteger number = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        if (number.getAndIncrement() % 2 == 0) {
                            c.send(HEAD).send(BODY);
                        } else {
                            c.ok("small");
                        }
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            client.send(GET + GET + GET + GET);
            for (int i = 0; i < 2; i++) {
                assertThat(Response.field(client.head(), "content-length")).isEqualTo("" + BODY.length);
                assertIsBody(client.in());
                assertThat(client.response().text()).isEqualTo("small");
            }
        }
    }

    /** The kernel has not enough pipes for everybody; whoever comes too late is served all the same. */
    @Test
    void thereIsNoPipeForEverybody() throws Exception {
        int clients = 40;
        List<RawClient> connected = new ArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(HEAD).send(BODY);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = proxy(upstream.port())
                        .timeouts(DownstreamTimeouts.DEFAULT, UpstreamTimeouts.DEFAULT)
                        .perUpstream(64, 64)
                        .start()) {
            // Given clients that do not read yet
            for (int i = 0; i < clients; i++) {
                RawClient client = new RawClient(proxy.address(), 16 << 10);
                connected.add(client);
                client.send(GET).head();
            }
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(opened.get()).isEqualTo(32));
            // When they read, then all get everything
            for (RawClient client : connected) {
                assertIsBody(client.in());
                client.close();
            }
            proxy.awaitQuiet();
            assertThat(closed.get()).isEqualTo(opened.get());
        }
    }

    // ---- The other way: bodies of requests --------------------------------------------------------------------------

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BODY.length + "\r\n\r\n";

    @Test
    void mostOfAnUploadIsSplicedAndTheConnectionsLiveOn() throws Exception {
        AtomicInteger whole = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        if (Arrays.equals(c.bytes(BODY.length), BODY)) {
                            whole.incrementAndGet();
                        }
                        c.ok("thanks");
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                client.send(POST).send(BODY);
                assertThat(client.response().text()).isEqualTo("thanks");
            }
            assertThat(upstream.connections()).isEqualTo(1);
            // And a pipelined request behind the body is a request
            client.send(POST).send(BODY).send(POST).send(BODY);
            assertThat(client.response().text()).isEqualTo("thanks");
            assertThat(client.response().text()).isEqualTo("thanks");
            assertThat(whole).hasValue(7);
            assertThat(spliced.get()).isGreaterThan(7L * BODY.length / 2);
            assertThat(proxy.log(7)).allMatch(line -> line.contains("\"bytes_in\":" + BODY.length));
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(closed.get()).isEqualTo(opened.get()));
        }
    }

    /** The pipe of one upload must not be there for the next: its other end is somewhere else. */
    @Test
    void anUploadWhoseEndComesAloneLeavesItsPipeToNobody() throws Exception {
        byte[] large = Arrays.copyOf(BODY, MIB);
        byte[] small = Arrays.copyOf(BODY, 200 << 10);
        CountDownLatch almost = new CountDownLatch(1);
        try (ScriptedUpstream first = new ScriptedUpstream(c -> {
                    c.head();
                    byte[] most = c.bytes(large.length - 1000);
                    almost.countDown();
                    c.bytes(1000);
                    c.ok(Arrays.equals(most, Arrays.copyOf(large, most.length)) ? "whole" : "not whole");
                    assertThat(c.untilClosed()).isZero();
                });
                ScriptedUpstream second = new ScriptedUpstream(c -> {
                    c.head();
                    c.ok(Arrays.equals(c.bytes(small.length), small) ? "whole" : "not whole");
                });
                ProxyUnderTest proxy = proxy((head, _, principal) -> new RouteDecision.Forward(
                                ProxyUnderTest.target(head.path().equals("/large") ? first.port() : second.port()), 0))
                        .start();
                RawClient client = proxy.client()) {
            // Given an upload whose last bytes come when all others have passed
            client.send(POST.replace("/ ", "/large ").replace("" + BODY.length, "" + large.length));
            client.send(Arrays.copyOf(large, large.length - 1000));
            almost.await();
            client.send(Arrays.copyOfRange(large, large.length - 1000, large.length));
            assertThat(client.response().text()).isEqualTo("whole");
            assertThat(opened).hasValue(1);
            assertThat(spliced.get()).isPositive();
            // When the same client sends another to another upstream
            client.send(POST.replace("/ ", "/small ").replace("" + BODY.length, "" + small.length));
            client.send(small);
            // Then
            assertThat(client.response().text()).isEqualTo("whole");
            assertThat(first.failures()).isEmpty();
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void anUpstreamThatReadsSlowlyGetsEverything() throws Exception {
        AtomicInteger whole = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    byte[] received = new byte[BODY.length];
                    for (int at = 0; at < BODY.length; at += MIB / 2) {
                        c.in().readNBytes(received, at, MIB / 2);
                        Thread.sleep(50);
                    }
                    whole.set(Arrays.equals(received, BODY) ? 1 : -1);
                    c.ok("thanks");
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            client.send(POST).send(BODY);
            assertThat(client.response().text()).isEqualTo("thanks");
            assertThat(whole).hasValue(1);
        }
    }

    @Test
    void anEarlyAnswerReachesTheClient() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.bytes(2 * MIB);
                    c.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            client.send(POST).send(Arrays.copyOf(BODY, 4 * MIB));
            assertThat(client.head()).startsWith("HTTP/1.1 413");
            proxy.awaitQuiet();
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(closed.get()).isEqualTo(opened.get()));
        }
    }

    @Test
    void anUpstreamThatTakesNothingIsA504() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    Thread.sleep(10_000);
                });
                ProxyUnderTest proxy = proxy(upstream.port()).start();
                RawClient client = proxy.client()) {
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    client.send(POST.replace("" + BODY.length, "" + 10L * BODY.length));
                    for (int i = 0; i < 10; i++) {
                        client.send(BODY);
                    }
                } catch (IOException cut) {
                    // What the answer says.
                }
            });
            assertThat(client.head()).startsWith("HTTP/1.1 504").contains("error=connection_write_timeout");
            sender.join();
        }
    }

    @Test
    void aClientThatLeavesOrStopsWithinItsUploadIsNoRequest() throws Exception {
        for (boolean leaves : new boolean[] {true, false}) {
            AtomicLong got = new AtomicLong(-1);
            try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                        c.head();
                        got.set(c.untilClosed());
                    });
                    ProxyUnderTest proxy = proxy(upstream.port()).start();
                    RawClient client = proxy.client()) {
                client.send(POST).send(Arrays.copyOf(BODY, 3 * MIB));
                if (leaves) {
                    client.close();
                } else {
                    assertThat(client.head()).startsWith("HTTP/1.1 408");
                }
                ProxyUnderTest.patiently()
                        .untilAsserted(() -> assertThat(got.get()).isBetween(0L, 3L * MIB));
                ProxyUnderTest.patiently()
                        .untilAsserted(() -> assertThat(closed.get()).isEqualTo(opened.get()));
            }
        }
    }
}
