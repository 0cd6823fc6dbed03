// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.TrustedProxies.Fields;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.net.InetAddress;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What upstream, log and authenticator learn of a client, over sockets: the loopback peer is a trusted proxy or nobody's. */
class TrustedProxiesIT {
    private static final TrustedProxies LOOPBACK =
            new TrustedProxies(InetAddress::isLoopbackAddress, Fields.X_FORWARDED);
    private static final String SENT = """
            GET /jobs/ HTTP/1.1
            Host: gate:4040
            X-Forwarded-For: 6.6.6.6
            X-Forwarded-For: 192.0.2.1
            X-Forwarded-Proto: https
            X-Forwarded-Host: front.example
            X-Forwarded-Port: 8443
            X-Forwarded-Prefix: /gatehouse
            X-Forwarded-User: root
            X-Real-IP: 6.6.6.6
            Forwarded: for=6.6.6.6;host=evil

            """.replace("\n", "\r\n");

    /** Answers with the head that it was sent. */
    private ScriptedUpstream mirror;

    @BeforeEach
    void start() throws Exception {
        mirror = new ScriptedUpstream(c -> {
            while (true) {
                c.ok(c.head());
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        mirror.close();
    }

    private ProxyUnderTest.Builder proxy() throws Exception {
        return ProxyUnderTest.with(ProxyUnderTest.allTo(mirror.port()));
    }

    @Test
    void aTrustedPeerSpeaksForItsClient() throws Exception {
        try (ProxyUnderTest proxy = proxy().trusting(LOOPBACK).start();
                RawClient client = proxy.client()) {
            // When
            String head = client.send(SENT).response().text();

            // Then
            assertThat(Response.fields(head, "host")).containsExactly("front.example");
            assertThat(Response.fields(head, "x-forwarded-host")).containsExactly("front.example");
            assertThat(Response.fields(head, "x-forwarded-for")).containsExactly("192.0.2.1, 127.0.0.1");
            assertThat(Response.fields(head, "x-forwarded-proto")).containsExactly("https");
            assertThat(Response.fields(head, "x-forwarded-port")).containsExactly("8443");
            assertThat(head)
                    .doesNotContain("6.6.6.6", "evil", "root", "gate:4040")
                    .doesNotContainIgnoringCase("x-forwarded-prefix")
                    .doesNotContainIgnoringCase("x-real-ip")
                    .doesNotContain("Forwarded: for");
            JsonNode line = new ObjectMapper().readTree(proxy.log(1).getFirst());
            assertThat(line.get("client").asText()).isEqualTo("192.0.2.1");
            assertThat(line.get("peer").asText()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void anyOtherPeerSpeaksForItself() throws Exception {
        TrustedProxies elsewhere = new TrustedProxies(address -> !address.isLoopbackAddress(), Fields.X_FORWARDED);
        try (ProxyUnderTest proxy = proxy().trusting(elsewhere).start();
                RawClient client = proxy.client()) {
            String head = client.send(SENT).response().text();

            assertThat(Response.fields(head, "host")).containsExactly("gate:4040");
            assertThat(Response.fields(head, "x-forwarded-host")).containsExactly("gate:4040");
            assertThat(Response.fields(head, "x-forwarded-for")).containsExactly("127.0.0.1");
            assertThat(Response.fields(head, "x-forwarded-proto")).containsExactly("http");
            assertThat(head)
                    .doesNotContain("6.6.6.6", "192.0.2.1", "front.example", "evil", "root", "8443", "/gatehouse");
            JsonNode line = new ObjectMapper().readTree(proxy.log(1).getFirst());
            assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
            assertThat(line.has("peer")).isFalse();
        }
    }

    @Test
    void theFormThatTheProxiesDoNotSetIsTheClientsOwn() throws Exception {
        TrustedProxies modern = new TrustedProxies(InetAddress::isLoopbackAddress, Fields.FORWARDED);
        try (ProxyUnderTest proxy = proxy().trusting(modern).start();
                RawClient client = proxy.client()) {
            String head = client.send(SENT.replace("for=6.6.6.6;host=evil", "for=\"[2001:db8::1]:1\";proto=https"))
                    .response()
                    .text();

            assertThat(Response.fields(head, "x-forwarded-for")).containsExactly("2001:db8::1, 127.0.0.1");
            assertThat(Response.fields(head, "forwarded"))
                    .containsExactly("for=\"[2001:db8::1]\";proto=https, for=127.0.0.1");
            assertThat(Response.fields(head, "host")).containsExactly("gate:4040");
            assertThat(head).doesNotContain("6.6.6.6", "192.0.2.1", "front.example", "8443");
        }
    }

    @Test
    void whoIsTrustedMayChangeWhileAConnectionIsOpen() throws Exception {
        try (ProxyUnderTest proxy = proxy().start();
                RawClient client = proxy.client()) {
            assertThat(client.send(SENT).response().text()).contains("X-Forwarded-For: 127.0.0.1\r\n");

            proxy.listener().trust(LOOPBACK);
            assertThat(client.send(SENT).response().text()).contains("X-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n");
            assertThat(client.get("/").response().text()).contains("X-Forwarded-For: 127.0.0.1\r\n");

            proxy.listener().trust(TrustedProxies.NONE);
            assertThat(client.send(SENT).response().text()).contains("X-Forwarded-For: 127.0.0.1\r\n");
        }
    }

    @Test
    void theAuthenticatorSeesTheClient() throws Exception {
        Authenticator byAddress = (head, client) -> new Authenticator.Decision.Granted(
                new Principal(client.address().getHostAddress() + " " + client.scheme() + " " + client.host(head)));
        try (ProxyUnderTest proxy =
                        proxy().trusting(LOOPBACK).authenticator(byAddress).start();
                RawClient client = proxy.client()) {
            client.send(SENT).response();
            client.get("/").response();
            assertThat(proxy.log(2).get(0)).contains("\"principal\":\"192.0.2.1 https front.example\"");
            assertThat(proxy.log(2).get(1)).contains("\"principal\":\"127.0.0.1 http example.org\"");
        }
    }

    @Test
    void aClientBehindAPassedOnConnectionIsBelievedWhereItIsAProxyItself() throws Exception {
        // Given: a load balancer names 10.0.0.9 as the client of the connection, and that one is a reverse proxy
        TrustedProxies inside = new TrustedProxies(address -> address.getAddress()[0] == 10, Fields.X_FORWARDED);
        try (ProxyUnderTest proxy = proxy().proxyProtocolFrom(InetAddress::isLoopbackAddress)
                        .trusting(inside)
                        .start();
                RawClient client = proxy.client()) {
            String head = client.send("PROXY TCP4 10.0.0.9 10.0.0.1 5000 443\r\n" + SENT)
                    .response()
                    .text();
            assertThat(Response.fields(head, "x-forwarded-for")).containsExactly("192.0.2.1, 10.0.0.9");
        }
    }

    @Test
    void hostileListsDoNoHarm() throws Exception {
        String hundred = String.join(",", Collections.nCopies(100, "127.0.0.1"));
        try (ProxyUnderTest proxy = proxy().trusting(LOOPBACK).start();
                RawClient client = proxy.client()) {
            for (String value :
                    new String[] {hundred, "6.6.6.6," + hundred, ",".repeat(4000), "\"".repeat(4000), "\u00ff\u0085"}) {
                String head = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + value + "\r\nForwarded: "
                                + value + "\r\n\r\n")
                        .response()
                        .text();
                assertThat(Response.fields(head, "x-forwarded-for"))
                        .hasSize(1)
                        .allMatch(chain -> chain.matches("127\\.0\\.0\\.1(, 127\\.0\\.0\\.1){0,32}"));
            }
            // A line of its own is a field of its own, and a bare CR or LF ends the connection.
            String split = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\rX-Evil: 1\r\n\r\n";
            assertThat(client.send(split).response().status()).isEqualTo(400);
        }
    }
}
