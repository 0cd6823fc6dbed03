// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, rude or gone: each phase has a deadline, and nothing stays behind at the upstream. */
class ClientFaultsIT {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";

    /** How a client goes. */
    enum Leaving {
        CLOSE {
            @Override
            void leave(RawClient client) throws Exception {
                client.close();
            }
        },
        RESET {
            @Override
            void leave(RawClient client) throws Exception {
                client.reset();
            }
        };

        abstract void leave(RawClient client) throws Exception;
    }

    private static void assertNoUpstreamErrors(ProxyUnderTest proxy) {
        assertThat(proxy.count("gatehouse.upstream.errors"))
                .as("a client's fault is not the upstream's")
                .isZero();
    }

    // ---- Slow to send ---------------------------------------------------------------------------------------------

    @Test
    void noByteAtAll() throws Exception {
        try (ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(1));
                RawClient client = proxy.client()) {
            long start = System.nanoTime();
            assertThat(client.everything()).isIn("", RawClient.RESET);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
            proxy.awaitQuiet();
            assertThat(proxy.log()).isEmpty();
        }
    }

    @Test
    void aHeadThatDripsIsA408() throws Exception {
        try (ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(1));
                RawClient client = proxy.client()) {
            Thread dripping = Thread.startVirtualThread(() -> {
                try {
                    client.send("GET /slow HTTP/1.1\r\nHost: a\r\nX: ");
                    while (true) {
                        client.send("y");
                        Thread.sleep(100);
                    }
                } catch (Exception cut) {
                    // as it must be
                }
            });
            Response response = client.response();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(proxy.log(1).get(0)).contains("\"status\":408", "\"path\":\"/slow\"", "\"method\":\"GET\"");
            client.close();
            dripping.join();
            proxy.awaitQuiet();
        }
    }

    /** Each of them costs a connection until its deadline, and none of them costs the others anything. */
    @Test
    void manyHeadsThatDripAreAllCut() throws Exception {
        int count = 200;
        AtomicInteger cut = new AtomicInteger();
        try (ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(1))) {
            Thread[] clients = new Thread[count];
            for (int i = 0; i < count; i++) {
                clients[i] = Thread.startVirtualThread(() -> {
                    try (RawClient client = proxy.client()) {
                        client.send("GET /slow HTTP/1.1\r\nHost: a\r\nX: ");
                        Thread dripping = Thread.startVirtualThread(() -> drip(client));
                        Response response = client.response();
                        if (response.status() == 408 && client.isClosedByPeer()) {
                            cut.incrementAndGet();
                        }
                        dripping.interrupt();
                    } catch (Exception failed) {
                        // then it is missing from the count
                    }
                });
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(cut.get()).isEqualTo(count);
            assertThat(proxy.log(count)).hasSize(count);
            proxy.awaitQuiet();
        }
    }

    private static void drip(RawClient client) {
        try {
            while (true) {
                client.send("y");
                Thread.sleep(100);
            }
        } catch (Exception cut) {
            // as it must be
        }
    }

    /** The record of a head that was used before must not show through. */
    @Test
    void anUnfinishedRequestLineIsLoggedAsNothing() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .quick()
                        .loops(1)
                        .start();
                RawClient client = proxy.client()) {
            client.send("DELETE /secret HTTP/1.1\r\nHost: a\r\n\r\n");
            client.response();
            client.send("GET /oth");
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(proxy.log(2).get(1)).contains("\"method\":\"\"", "\"path\":\"\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "drip"})
    void aBodyBelowTheRateIsCut(String kind) throws Exception {
        AtomicLong received = new AtomicLong(-1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    received.set(c.untilClosed());
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            Thread dripping = Thread.startVirtualThread(() -> {
                try {
                    client.send(POST);
                    while (kind.equals("drip")) {
                        client.send("y");
                        Thread.sleep(50);
                    }
                } catch (Exception cut) {
                    // as it must be
                }
            });
            Response response = client.response();
            assertThat(response.status()).isEqualTo(408);
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(received.get()).isBetween(0L, 999L));
            client.close();
            dripping.join();
            proxy.awaitQuiet();
            assertThat(proxy.log(1).get(0)).contains("\"status\":408", "\"error\":\"http_request_error\"");
            assertNoUpstreamErrors(proxy);
        }
    }

    @Test
    void aBodyAboveTheRateMayTakeAsLongAsItLikes() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> c.ok(c.body(c.head())));
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(POST);
            for (int i = 0; i < 10; i++) {
                client.send("x".repeat(100));
                Thread.sleep(250);
            }
            assertThat(client.response().text()).hasSize(1000);
        }
    }

    // ---- Gone -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void goneWithinTheHead(Leaving leaving) throws Exception {
        try (ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(1))) {
            RawClient client = proxy.client();
            client.send("GET / HT");
            Thread.sleep(50);
            leaving.leave(client);
            proxy.awaitQuiet();
            assertThat(proxy.log()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void goneWithinTheBody(Leaving leaving) throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        AtomicLong received = new AtomicLong(-1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    headSeen.countDown();
                    received.set(c.untilClosed());
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            RawClient client = proxy.client();
            client.send(POST + "abc");
            headSeen.await();
            leaving.leave(client);
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(received.get()).isBetween(0L, 3L));
            assertThat(proxy.log(1).get(0)).contains("\"status\":499");
            proxy.awaitQuiet();
            assertNoUpstreamErrors(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void goneBeforeTheAnswer(Leaving leaving) throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    headSeen.countDown();
                    c.untilClosed();
                    closed.countDown();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .start()) {
            RawClient client = proxy.client();
            client.send(GET);
            headSeen.await();
            leaving.leave(client);
            assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.log(1).get(0)).contains("\"status\":499", "\"detail\":\"the client closed");
            proxy.awaitQuiet();
            assertNoUpstreamErrors(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void goneWithinTheAnswer(Leaving leaving) throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    try {
                        while (true) {
                            c.send("5\r\nhello\r\n");
                            Thread.sleep(5);
                        }
                    } catch (Exception cut) {
                        closed.set(true);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            RawClient client = proxy.client();
            client.send(GET);
            client.head();
            leaving.leave(client);
            ProxyUnderTest.patiently().untilTrue(closed);
            assertThat(proxy.log(1).get(0)).contains("\"status\":200", "\"error\":\"connection_terminated\"");
            proxy.awaitQuiet();
            assertNoUpstreamErrors(proxy);
        }
    }

    /** Reads from the client stand still, so only the kernel's word tells that it is gone. */
    @ParameterizedTest
    @ValueSource(strings = {"upload", "decision"})
    void resetWhileNothingIsRead(String where) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    held.await();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with((head, sender, principal) -> where.equals("upload")
                                ? ProxyUnderTest.allTo(upstream.port()).route(head, sender, principal)
                                : new RouteDecision.Deferred(new CompletableFuture<>()))
                        .start()) {
            RawClient client = proxy.client();
            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    client.send(new byte[100_000_000]);
                } catch (Exception closed) {
                    // as it must be
                }
            });
            Thread.sleep(300);
            client.reset();
            sender.join();
            assertThat(proxy.log(1).get(0)).contains("\"status\":499");
            proxy.awaitQuiet();
            held.countDown();
        }
    }

    @Test
    void goneWhileConnecting() throws Exception {
        try (ClosedBacklog nowhere = new ClosedBacklog();
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(nowhere.port()))) {
            RawClient client = proxy.client();
            client.send(GET);
            Thread.sleep(100);
            client.close();
            assertThat(proxy.log(1).get(0)).contains("\"status\":499");
            proxy.awaitQuiet();
        }
    }

    /** An HTTP/1.0 client that closes its sending side must not take a cut answer for a whole one. */
    @Test
    void aHalfClosedHttp10ClientNeverGetsAWholeLookingCut() throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\n\r\nfirst half, ");
                    headSeen.await();
                    Thread.sleep(300);
                    c.send("second half");
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            client.head();
            headSeen.countDown();
            client.socket().shutdownOutput();
            assertThat(client.everything())
                    .satisfiesAnyOf(
                            all -> assertThat(all).isEqualTo("first half, second half"),
                            all -> assertThat(all).endsWith(RawClient.RESET));
            proxy.awaitQuiet();
        }
    }

    // ---- Not reading ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1", "HTTP/1.0"})
    void aClientThatStopsReadingIsReset(String version) throws Exception {
        AtomicBoolean upstreamCut = new AtomicBoolean();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    try {
                        while (true) {
                            c.send("10000\r\n" + "x".repeat(0x10000) + "\r\n");
                        }
                    } catch (Exception cut) {
                        upstreamCut.set(true);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            client.send("GET / " + version + "\r\nHost: a\r\n\r\n");
            ProxyUnderTest.patiently().untilTrue(upstreamCut);
            assertThat(client.everything()).endsWith(RawClient.RESET);
            assertThat(proxy.log(1).get(0)).contains("\"status\":200", "the client stopped reading");
            proxy.awaitQuiet();
            assertNoUpstreamErrors(proxy);
        }
    }

    // ---- Violations -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {"zz\r\n", "5\r\nhelloXX", "5\nhello", "5\r\nhello\r\n0\r\n bad\r\n\r\n", "fffffffffffffffff\r\n"
            })
    void aViolationWithinTheBody(String chunks) throws Exception {
        AtomicLong received = new AtomicLong(-1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    // The head of it may never have left.
                    received.set(c.untilClosed());
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
            Response response = client.response();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.field("connection")).isEqualTo("close");
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(received.get()).isNotNegative());
            client.close();
            proxy.awaitQuiet();
            assertNoUpstreamErrors(proxy);
        }
    }

    @Test
    void aViolationWithinTheBodyAfterTheAnswerHasBegunIsACut() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200").contains("Connection: close\r\n");
            client.send("rubbish\r\n");
            assertThat(client.everything()).endsWith(RawClient.RESET);
            proxy.awaitQuiet();
        }
    }

    @Test
    void garbageBehindARequestIsAnsweredAfterTheRequest() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET + "\u0000\u0001garbage\r\n\r\n" + GET);
            assertThat(client.response().text()).isEqualTo("ok");
            assertThat(client.response().status()).isEqualTo(400);
            assertThat(client.everything()).isEmpty();
            client.close();
            proxy.awaitQuiet();
        }
    }

    // ---- Early answers --------------------------------------------------------------------------------------------

    /** A client that sends all before it reads must find the answer, not a reset (RFC 9112 section 9.6). */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void anEarlyAnswerIsReadableByAClientThatKeepsSending(int seconds) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    requests.incrementAndGet();
                    c.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
            for (int sent = 0; sent < 20; sent++) {
                client.send(new byte[1_000_000]);
                Thread.sleep(seconds * 50L);
            }
            Response response = client.response();
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.text()).isEqualTo("no");
            assertThat(client.everything()).isEmpty();
            assertThat(requests.get()).isEqualTo(1);
            client.close();
            proxy.awaitQuiet();
        }
    }

    @Test
    void aClientThatSendsForEverIsNotListenedToForEver() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(401);
            long start = System.nanoTime();
            try {
                while (Duration.ofNanos(System.nanoTime() - start).toSeconds() < 20) {
                    client.send("x");
                    Thread.sleep(100);
                }
            } catch (java.io.IOException cut) {
                // as it must be
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            proxy.awaitQuiet();
        }
    }

    /** The exchange is over when the proxy has the whole response; the client is not. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheClientHasNotReadYetIsNotCutByTheIdleDeadlineOrByDraining(boolean draining) throws Exception {
        int size = 16 << 20;
        DownstreamTimeouts timeouts = new DownstreamTimeouts(
                Duration.ofSeconds(5),
                Duration.ofMillis(300),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                1,
                Duration.ofSeconds(10));
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    c.send(new byte[size]);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(timeouts, ProxyUnderTest.QUICK_UPSTREAM)
                        .start();
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            client.send(GET);
            client.head();
            int got = 0;
            while (proxy.log().isEmpty()) {
                got += client.in().readNBytes(64 << 10).length;
            }
            if (draining) {
                proxy.runtime().drainState().begin();
            }
            Thread.sleep(draining ? 1500 : 700);
            got += client.in().readNBytes(size - got).length;
            assertThat(got).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 240})
    void aBodyThatStandsStillIsCutWhateverTheRateAndTheWindow(int rate) throws Exception {
        DownstreamTimeouts timeouts = new DownstreamTimeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMillis(400),
                Duration.ofSeconds(10),
                rate,
                Duration.ofSeconds(10));
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.Connection::untilClosed);
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(timeouts, ProxyUnderTest.QUICK_UPSTREAM)
                        .start();
                RawClient client = proxy.client()) {
            client.socket().setSoTimeout(5000);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(408);
        }
    }

    @Test
    void aClientThatRightlyKeepsItsBodyReadsALongAnswerToItsEnd() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
                    for (int i = 0; i < 8; i++) {
                        Thread.sleep(300);
                        c.send("x");
                    }
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
            assertThat(client.response().text()).isEqualTo("xxxxxxxx");
        }
    }
}
