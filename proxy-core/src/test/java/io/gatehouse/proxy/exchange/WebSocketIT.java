// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A WebSocket is passed on, no other upgrade is, and nothing that was meant for another protocol becomes a request. */
class WebSocketIT {
    private static final String OPEN = """
            GET /socket HTTP/1.1\r
            Host: a\r
            Connection: keep-alive, Upgrade\r
            Upgrade: WebSocket\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """;
    private static final String SWITCHING = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r
            """;
    private static final String SMUGGLED = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<String> heads = new CopyOnWriteArrayList<>();

    /** Accepts a WebSocket and sends back whatever comes. */
    private ScriptedUpstream echo() throws Exception {
        return new ScriptedUpstream(c -> {
            heads.add(c.head());
            c.send(SWITCHING);
            byte[] buffer = new byte[64 << 10];
            for (int read = c.in().read(buffer); read >= 0; read = c.in().read(buffer)) {
                c.socket().getOutputStream().write(buffer, 0, read);
            }
        });
    }

    @Test
    void bytesPassBothWaysUntilTheClientCloses() throws Exception {
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            try (RawClient client = proxy.client()) {
                // When
                String head = client.send(OPEN).head();
                client.send("\u0081\u0005hello");
                // Then
                assertThat(head).startsWith("HTTP/1.1 101 ");
                assertThat(Response.field(head, "upgrade")).isEqualTo("websocket");
                assertThat(Response.field(head, "connection")).isEqualTo("Upgrade");
                assertThat(Response.field(head, "sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
                assertThat(client.in().readNBytes(7)).hasSize(7);
                client.send(SMUGGLED);
                assertThat(new String(client.in().readNBytes(SMUGGLED.length()), StandardCharsets.US_ASCII))
                        .isEqualTo(SMUGGLED);
            }
            assertThat(Response.field(heads.getFirst(), "upgrade")).isEqualTo("websocket");
            assertThat(Response.field(heads.getFirst(), "connection")).isEqualTo("Upgrade");
            assertThat(Response.field(heads.getFirst(), "sec-websocket-key")).isEqualTo("dGhlIHNhbXBsZSBub25jZQ==");
            String line = proxy.log(1).getFirst();
            int bytes = 7 + SMUGGLED.length();
            assertThat(line)
                    .contains("\"status\":101", "\"bytes_in\":" + bytes, "\"bytes_out\":" + bytes)
                    .doesNotContain("error");
            proxy.awaitQuiet();
            assertThat(proxy.runtime().contexts())
                    .allSatisfy(loop -> ProxyUnderTest.patiently()
                            .until(() -> loop.upstreamPool().openConnections() == 0));
        }
    }

    @Test
    void whatTheUpstreamSaysLastReachesTheClient() throws Exception {
        byte[] last = new byte[1 << 20];
        new Random(3).nextBytes(last);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(SWITCHING).send(last);
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(OPEN).head();
            assertThat(client.in().readAllBytes()).isEqualTo(last);
            assertThat(proxy.log(1).getFirst()).doesNotContain("error");
        }
    }

    @Test
    void whatTheClientSaysLastReachesTheUpstream() throws Exception {
        List<Long> counts = new CopyOnWriteArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(SWITCHING);
                    Thread.sleep(300);
                    counts.add(c.untilClosed());
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            try (RawClient client = proxy.client()) {
                client.send(OPEN).head();
                client.send(new byte[4 << 20]);
            }
            ProxyUnderTest.patiently().untilAsserted(() -> assertThat(counts).containsExactly(4L << 20));
        }
    }

    @Test
    void aSideThatDoesNotReadStopsTheOther() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(SWITCHING);
                    for (int i = 0; i < 200; i++) {
                        c.send(new byte[1 << 20]);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(patientWithTunnels(), ProxyUnderTest.QUICK_UPSTREAM)
                        .start();
                RawClient client = new RawClient(proxy.address(), 4096)) {
            client.send(OPEN).head();
            assertThat(proxy.log(1).getFirst()).contains("the client stopped reading");
            proxy.awaitQuiet();
        }
    }

    private static DownstreamTimeouts patientWithTunnels() {
        DownstreamTimeouts quick = ProxyUnderTest.QUICK_DOWNSTREAM;
        return new DownstreamTimeouts(
                quick.head(),
                quick.keepAlive(),
                quick.bodyStall(),
                quick.writeStall(),
                quick.minBodyRate(),
                Duration.ofMinutes(1));
    }

    @Test
    void anUpstreamThatResetsIsSeen() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(SWITCHING);
                    Thread.sleep(100);
                    c.reset();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(OPEN).head();
            assertThat(client.everything()).isEqualTo(RawClient.RESET);
            assertThat(proxy.log(1).getFirst()).contains("\"error\":\"http_response_incomplete\"");
        }
    }

    @Test
    void aSilentOneIsClosed() throws Exception {
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(OPEN).head();
            for (int i = 0; i < 4; i++) {
                Thread.sleep(500);
                client.send("x");
                assertThat(client.in().read()).isEqualTo('x');
            }
            assertThat(client.isClosedByPeer()).isTrue();
            assertThat(proxy.log(1).getFirst()).contains("idle for too long");
        }
    }

    /** Whatever a client sends before it knows whether its upgrade is accepted is no request when it is not. */
    @Test
    void bytesBehindARefusedUpgradeReachNobody() throws Exception {
        for (String upgrade : List.of("websocket", "h2c", "TLS/1.3")) {
            heads.clear();
            try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                        while (true) {
                            heads.add(c.head());
                            Thread.sleep(100);
                            c.ok("no");
                        }
                    });
                    ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                    RawClient client = proxy.client()) {
                String all = client.send(OPEN.replace("Upgrade: WebSocket", "Upgrade: " + upgrade) + SMUGGLED)
                        .everything();
                assertThat(all).startsWith("HTTP/1.1 200 ").endsWith("no").contains("Connection: close");
                assertThat(heads).hasSize(1);
            }
        }
    }

    @Test
    void andNotWhenTheAnswerIsOurs() throws Exception {
        heads.clear();
        try (ProxyUnderTest proxy = ProxyUnderTest.quick((head, _, principal) -> {
                    heads.add(head.path());
                    return new RouteDecision.Answer("test", LocalResponse.text(404, "nothing"));
                });
                RawClient client = proxy.client()) {
            assertThat(client.send(OPEN + SMUGGLED).everything())
                    .contains("HTTP/1.1 404")
                    .endsWith("nothing");
            assertThat(heads).containsExactly("/socket");
        }
    }

    @Test
    void aClientThatWaitsMayGoOnAfterARefusal() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(OPEN).response().text()).isEqualTo("no");
            }
        }
    }

    /** Each of these would be something else than one WebSocket. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket/13\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab",
                "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            })
    void otherUpgradesAreNotPassedOn(String request) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    c.body(head);
                    heads.add(head);
                    c.ok("plain");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            assertThat(client.send(request).response().text()).isEqualTo("plain");
            assertThat(heads.getFirst().toLowerCase(Locale.ROOT)).doesNotContain("upgrade", "http2-settings");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            })
    void a101ToSomethingElseIsA502(String answer) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(answer);
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            Response response = client.send(OPEN).response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=http_upgrade_failed");
        }
    }

    @Test
    void a101ThatNobodyAskedForIsA502() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(SWITCHING);
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            Response response = client.get("/").response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=http_upgrade_failed");
        }
    }
}
