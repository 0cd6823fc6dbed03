// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.ClientCertificates;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.ServerTlsOptions;
import io.gatehouse.proxy.tls.TlsProvider;
import io.gatehouse.proxy.tls.TlsVersion;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caps on connections and waiting requests; upstreams that cannot be reached. */
class CapsIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    // ---- Clients --------------------------------------------------------------------------------------------------

    @Test
    void aConnectionTooManyIsToldSo() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .connections(2)
                        .start();
                RawClient one = proxy.client();
                RawClient two = proxy.client()) {
            assertThat(one.send(GET).response().status()).isEqualTo(200);
            assertThat(two.send(GET).response().status()).isEqualTo(200);
            for (int i = 0; i < 50; i++) {
                try (RawClient three = proxy.client()) {
                    // It has sent its request before it reads: the answer must survive that.
                    three.send(GET);
                    if (i % 2 == 0) {
                        Thread.sleep(2);
                    }
                    Response response = three.response();
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.field("retry-after")).isEqualTo("5");
                    assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_limit_reached");
                    assertThat(three.everything()).isEmpty();
                }
            }
            assertThat(proxy.listener().connections()).isEqualTo(2);
            assertThat(proxy.count("gatehouse.downstream.connections.refused")).isEqualTo(50);
            assertThat(one.send(GET).response().status()).isEqualTo(200);
            two.close();
            ProxyUnderTest.patiently().until(() -> proxy.listener().connections() == 1);
            try (RawClient three = proxy.client()) {
                assertThat(three.send(GET).response().status()).isEqualTo(200);
            }
        }
    }

    /** Bytes that are no TLS would look like a broken server, or an attack. */
    @Test
    void aConnectionTooManyOfTlsEndsWithoutAByte(@TempDir Path folder) throws Exception {
        ServerTlsOptions options = new ServerTlsOptions(
                List.of(TestPki.files(folder, "own", new TestPki().issue("gatehouse.example"))),
                ClientCertificates.NONE,
                null,
                TlsVersion.V1_2);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .tls(ServerTls.load(options, TlsProvider.best()))
                        .connections(1)
                        .start();
                RawClient one = new RawClient(
                        TestPki.socket(TestPki.context(null, null), proxy.address(), "gatehouse.example"))) {
            assertThat(one.send(GET).response().status()).isEqualTo(200);
            // When: one says nothing, one the beginning of a ClientHello, one all of it
            try (RawClient silent = proxy.client()) {
                assertThat(silent.everything()).isEmpty();
            }
            try (RawClient begun = proxy.client()) {
                begun.send(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
                assertThat(begun.everything()).isEmpty();
            }
            try (SSLSocket whole = TestPki.socket(TestPki.context(null, null), proxy.address(), "gatehouse.example")) {
                // Then
                assertThatExceptionOfType(SSLHandshakeException.class)
                        .isThrownBy(whole::startHandshake)
                        .withMessageContaining("terminated the handshake");
            }
            assertThat(proxy.count("gatehouse.downstream.connections.refused")).isEqualTo(3);
            assertThat(one.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void thoseWhoAreRefusedDoNotKeepOthersOut() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .connections(1)
                        .start()) {
            RawClient only = proxy.client();
            assertThat(only.send(GET).response().status()).isEqualTo(200);
            List<RawClient> refused = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                RawClient client = proxy.client();
                assertThat(client.response().status()).isEqualTo(503);
                refused.add(client);
            }
            only.close();
            ProxyUnderTest.patiently().until(() -> proxy.listener().connections() == 0);
            try (RawClient next = proxy.client()) {
                assertThat(next.send(GET).response().status()).isEqualTo(200);
            }
            for (RawClient client : refused) {
                assertThat(client.isClosedByPeer()).isTrue();
                client.close();
            }
            proxy.awaitQuiet();
        }
    }

    @Test
    void oneClientMayNotTakeAllConnections() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .connectionsPerClient(2)
                        .start();
                RawClient one = proxy.client();
                RawClient two = proxy.client();
                RawClient other = new RawClient(proxy.address(), InetAddress.ofLiteral("127.0.0.2"))) {
            assertThat(one.send(GET).response().status()).isEqualTo(200);
            assertThat(two.send(GET).response().status()).isEqualTo(200);
            for (int i = 0; i < 3; i++) {
                try (RawClient three = proxy.client()) {
                    Response response = three.send(GET).response();
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.field("retry-after")).isEqualTo("5");
                }
            }
            assertThat(other.send(GET).response().status()).isEqualTo(200);
            two.close();
            ProxyUnderTest.patiently().until(() -> proxy.listener().connections() == 2);
            try (RawClient three = proxy.client()) {
                assertThat(three.send(GET).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void newLimitsHoldForNewConnectionsAndOldOnesStay() throws Exception {
        String large = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(500) + "\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient one = proxy.client();
                RawClient two = proxy.client()) {
            assertThat(one.send(large).response().status()).isEqualTo(200);
            assertThat(two.send(large).response().status()).isEqualTo(200);
            // When: fewer connections than there are
            proxy.listener().use(new ListenerLimits(new HttpLimits(256, 256, 100), 1, 0));
            // Then
            assertThat(one.send(large).response().status()).isEqualTo(200);
            assertThat(two.send(GET).response().status()).isEqualTo(200);
            try (RawClient three = proxy.client()) {
                assertThat(three.send(GET).response().status()).isEqualTo(503);
            }
            // When: room again
            proxy.listener().use(new ListenerLimits(new HttpLimits(256, 256, 100), 3, 0));
            // Then
            try (RawClient three = proxy.client()) {
                assertThat(three.send(GET).response().status()).isEqualTo(200);
                assertThat(three.send(large).response().status()).isEqualTo(431);
            }
        }
    }

    // ---- Upstreams ------------------------------------------------------------------------------------------------

    @Test
    void requestsWaitForAFreeConnectionUpToACap() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        go.await();
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .perUpstream(2, 3)
                        .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(proxy.client().send(GET));
            }
            ProxyUnderTest.patiently().until(() -> proxy.runtime().drainState().exchangesInFlight() == 5);
            try (RawClient sixth = proxy.client()) {
                Response response = sixth.send(GET).response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.field("retry-after")).isEqualTo("5");
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_limit_reached");
            }
            go.countDown();
            for (RawClient client : clients) {
                assertThat(client.response().text()).isEqualTo("ok");
                client.close();
            }
            assertThat(upstream.connections()).isEqualTo(2);
            assertThat(proxy.count("gatehouse.upstream.errors", "reason", "connection_limit_reached"))
                    .isEqualTo(1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void atMost1024RequestsWaitForOneUpstream() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        go.await();
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(2)
                        .connections(5000)
                        .perUpstream(2, UpstreamLimits.DEFAULT.maxPending())
                        // Nobody's wait ends while the others are still being connected.
                        .timeouts(DownstreamTimeouts.DEFAULT, new UpstreamTimeouts(MINUTE, MINUTE, MINUTE, MINUTE))
                        .start()) {
            // When: far more than may wait, over both loops
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 1400; i++) {
                clients.add(proxy.client().send(GET));
            }
            // Then: two are worked on, 1,024 wait, and the rest is told
            int rest = 1400 - 2 - 1024;
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(
                                    proxy.count("gatehouse.upstream.errors", "reason", "connection_limit_reached"))
                            .isEqualTo(rest));
            assertThat(proxy.runtime().drainState().exchangesInFlight()).isEqualTo(2 + 1024);
            go.countDown();
            int refused = 0;
            for (RawClient client : clients) {
                Response response = client.response();
                if (response.status() == 503) {
                    refused++;
                    assertThat(response.field("retry-after")).isEqualTo("5");
                    assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_limit_reached");
                } else {
                    assertThat(response.text()).isEqualTo("ok");
                }
                client.close();
            }
            assertThat(refused).isEqualTo(rest);
        }
    }

    @Test
    void newCapsOfUpstreamsHoldForNewRequestsAndNothingIsDropped() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        go.await();
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .perUpstream(4, 4)
                        .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(proxy.client().send(GET));
                int begun = i + 1;
                ProxyUnderTest.patiently()
                        .until(() -> proxy.runtime().drainState().exchangesInFlight() == begun
                                && upstream.connections() == Math.min(begun, 4));
            }
            // When
            proxy.runtime().settings().limitUpstreams(new UpstreamLimits(1, 1), EjectionPolicy.DEFAULT);
            // Then
            try (RawClient ninth = proxy.client()) {
                assertThat(ninth.send(GET).response().status()).isEqualTo(503);
            }
            go.countDown();
            for (RawClient client : clients) {
                assertThat(client.response().text()).isEqualTo("ok");
            }
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(proxy.registry()
                                    .get("gatehouse.upstream.connections")
                                    .gauge()
                                    .value())
                            .isEqualTo(1));
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whoeverLeavesTheQueueLeavesRoom() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        go.await();
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .perUpstream(1, 2)
                        .start();
                RawClient first = proxy.client();
                RawClient second = proxy.client()) {
            first.send(GET);
            second.send(GET);
            ProxyUnderTest.patiently().until(() -> proxy.runtime().drainState().exchangesInFlight() == 2);
            for (int i = 0; i < 10; i++) {
                RawClient leaving = proxy.client().send(GET);
                ProxyUnderTest.patiently()
                        .until(() -> proxy.runtime().drainState().exchangesInFlight() == 3);
                leaving.close();
                ProxyUnderTest.patiently()
                        .until(() -> proxy.runtime().drainState().exchangesInFlight() == 2);
            }
            go.countDown();
            assertThat(first.response().text()).isEqualTo("ok");
            assertThat(second.response().text()).isEqualTo("ok");
            assertThat(proxy.log(12)).noneMatch(line -> line.contains("\"status\":503"));
        }
    }

    /** Late waiters are told in the middle of a beat, and their next requests come from there. */
    @Test
    void waitingTooLongBehindOthersIsA503AndTheBeatGoesOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream stuck = new ScriptedUpstream(c -> {
                    c.head();
                    go.await();
                });
                ScriptedUpstream other =
                        ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
                ProxyUnderTest proxy = ProxyUnderTest.with((head, _, principal) -> new RouteDecision.Forward(
                                ProxyUnderTest.target(head.path().equals("/other") ? other.port() : stuck.port()), 0))
                        .quick()
                        .loops(1)
                        .perUpstream(1, 8)
                        .start();
                RawClient first = proxy.client();
                RawClient second = proxy.client();
                RawClient third = proxy.client()) {
            first.get("/stuck");
            Thread.sleep(50);
            String pipelined = "GET /stuck HTTP/1.1\r\nHost: a\r\n\r\nGET /other HTTP/1.1\r\nHost: a\r\n\r\n";
            second.send(pipelined);
            third.send(pipelined);
            for (RawClient late : List.of(second, third)) {
                Response response = late.response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_limit_reached");
                assertThat(response.field("retry-after")).isNotNull();
                assertThat(late.response().text()).isEqualTo("other");
            }
            assertThat(first.response().status())
                    .as("the beat that struck the others strikes this one too")
                    .isEqualTo(504);
            go.countDown();
        }
    }

    @Test
    void connectingTakesItsTimeAndNotMore() throws Exception {
        try (ClosedBacklog nowhere = new ClosedBacklog();
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(nowhere.port()));
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_timeout");
            assertThat(proxy.log(1).get(0)).contains("\"error\":\"connection_timeout\"");
        }
    }

    @Test
    void manyRequestsToADeadUpstreamAreAllAnswered() throws Exception {
        int port;
        try (ScriptedUpstream gone = new ScriptedUpstream(c -> {})) {
            port = gone.port();
        }
        try (ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(port))
                .quick()
                .loops(1)
                .perUpstream(4, 64)
                .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                clients.add(proxy.client().send(GET));
            }
            for (RawClient client : clients) {
                Response response = client.response();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
                client.close();
            }
            assertThat(proxy.count("gatehouse.upstream.errors", "reason", "connection_refused"))
                    .isEqualTo(40);
            proxy.awaitQuiet();
            ProxyUnderTest.patiently()
                    .until(() -> proxy.registry()
                                    .get("gatehouse.upstream.connections")
                                    .gauge()
                                    .value()
                            == 0);
        }
    }

    @Test
    void aNameThatDoesNotResolveIsADnsError() throws Exception {
        ForwardTarget target = ForwardTarget.to("test", new Upstream("no-such-host.invalid", 80));
        try (ProxyUnderTest proxy = new ProxyUnderTest((head, _, principal) -> new RouteDecision.Forward(target, 0));
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            // Without a name server in reach, resolving takes as long as connecting may.
            assertThat(response.status()).isIn(502, 504);
            assertThat(response.field("proxy-status"))
                    .isIn("gatehouse; error=dns_error", "gatehouse; error=connection_timeout");
            assertThat(response.text()).doesNotContain("no-such-host");
        }
    }

    @Test
    void whatConnectSaysHasAName() {
        assertThat(UpstreamPool.classify(new ConnectException("finishConnect(..): Connection refused")))
                .hasToString("CONNECTION_REFUSED");
        assertThat(UpstreamPool.classify(new ConnectException("Network is unreachable")))
                .hasToString("DESTINATION_IP_UNROUTABLE");
        assertThat(UpstreamPool.classify(new ConnectException("finishConnect(..): Connection timed out")))
                .hasToString("CONNECTION_TIMEOUT");
        assertThat(UpstreamPool.classify(new ConnectException())).hasToString("DESTINATION_IP_UNROUTABLE");
        assertThat(UpstreamPool.classify(new NoRouteToHostException())).hasToString("DESTINATION_IP_UNROUTABLE");
        assertThat(UpstreamPool.classify(new UnknownHostException("x"))).hasToString("DNS_ERROR");
        assertThat(UpstreamPool.classify(new java.io.IOException("?"))).hasToString("DESTINATION_IP_UNROUTABLE");
        assertThat(UpstreamPool.classify(new ChannelException("?"))).hasToString("PROXY_INTERNAL_ERROR");
    }

    @Test
    void anAddressWithoutARouteIsA502() throws Exception {
        // No kernel opens a stream to everybody.
        ForwardTarget target = ForwardTarget.to("test", new Upstream("255.255.255.255", 80));
        try (ProxyUnderTest proxy = ProxyUnderTest.quick((head, _, principal) -> new RouteDecision.Forward(target, 0));
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=destination_ip_unroutable");
        }
    }

    /** A channel that cannot be made, as when file descriptors run out. */
    public static final class NoChannel extends NioSocketChannel {
        public NoChannel() {
            super(refuse());
        }

        private static java.nio.channels.SocketChannel refuse() {
            throw new ChannelException("Too many open files");
        }
    }

    @Test
    void aConnectionThatCannotEvenBeTriedIsA500OnTheRightThread() throws Exception {
        Transport nio = Transport.nio();
        Transport broken = new Transport(
                "broken",
                nio.ioHandlerFactory(),
                nio.serverChannel(),
                NoChannel.class,
                nio.datagramChannel(),
                nio.splicer(),
                null,
                nio.keepAlive());
        try (ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(1))
                        .transport(broken)
                        .loops(1)
                        .perUpstream(2, 100)
                        .start();
                RawClient client = proxy.client()) {
            for (int i = 0; i < 100; i++) {
                Response response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(500);
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=proxy_internal_error");
            }
            assertThat(proxy.count("gatehouse.upstream.errors")).isZero();
            assertThat(proxy.registry()
                            .get("gatehouse.upstream.connections")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    /** Requests that wait share the connections that become free; none is forgotten, none is connected for twice. */
    @Test
    void aQueueIsServedByFewConnections() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        served.incrementAndGet();
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .perUpstream(3, 1000)
                        .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(proxy.client().send(GET));
            }
            for (RawClient client : clients) {
                assertThat(client.response().text()).isEqualTo("ok");
                client.close();
            }
            assertThat(served.get()).isEqualTo(100);
            assertThat(upstream.connections()).isLessThanOrEqualTo(3);
            proxy.awaitQuiet();
        }
    }
}
