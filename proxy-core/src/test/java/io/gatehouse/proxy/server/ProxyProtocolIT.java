// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load balancer in front: its headers over real sockets. */
class ProxyProtocolIT {
    private static final String LINE = "PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n";
    private static final String BINARY = new String(
            HexFormat.of()
                    .parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "c0000207" + "c6336401" + "1234" + "01bb"),
            StandardCharsets.ISO_8859_1);
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<String> heads = new CopyOnWriteArrayList<>();

    private ScriptedUpstream upstream() throws IOException {
        return new ScriptedUpstream(connection -> {
            while (true) {
                heads.add(connection.head());
                connection.ok("ok");
            }
        });
    }

    private static ProxyUnderTest.Builder trusting(ScriptedUpstream upstream) {
        return ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                .quick()
                .proxyProtocolFrom(InetAddress::isLoopbackAddress);
    }

    private static void assertRefused(ProxyUnderTest proxy, RawClient client, int errors) throws Exception {
        assertThat(client.everything()).isIn("", RawClient.RESET);
        ProxyUnderTest.patiently()
                .untilAsserted(() -> assertThat(proxy.count("gatehouse.proxy.protocol.errors"))
                        .isEqualTo(errors));
        proxy.awaitQuiet();
    }

    @Test
    void theAddressInTheHeaderIsTheClients() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start()) {
            for (String header : List.of(LINE, BINARY)) {
                // When
                try (RawClient client = proxy.client()) {
                    assertThat(client.send(header + REQUEST).response().text()).isEqualTo("ok");
                    assertThat(client.send(REQUEST).response().text()).isEqualTo("ok");
                }
            }

            // Then
            assertThat(heads)
                    .hasSize(4)
                    .allSatisfy(head ->
                            assertThat(Response.field(head, "x-forwarded-for")).isEqualTo("192.0.2.7"));
            assertThat(proxy.log(4)).allMatch(line -> line.contains("192.0.2.7"));
            assertThat(proxy.count("gatehouse.proxy.protocol.errors")).isZero();
        }
    }

    @Test
    void aHeaderMayComeInAnyPieces() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start()) {
            for (String header : List.of(LINE, BINARY)) {
                String all = header + REQUEST;
                for (int cut = 1; cut < all.length(); cut += 5) {
                    try (RawClient client = proxy.client()) {
                        // When
                        client.send(all.substring(0, cut));
                        Thread.sleep(3);
                        Response response = client.send(all.substring(cut)).response();

                        // Then
                        assertThat(response.text()).as("cut at %d", cut).isEqualTo("ok");
                    }
                }
            }
            assertThat(heads)
                    .allSatisfy(head ->
                            assertThat(Response.field(head, "x-forwarded-for")).isEqualTo("192.0.2.7"));
        }
    }

    @Test
    void aBalancersOwnConnectionHasItsOwnAddress() throws Exception {
        // Given
        String local = new String(
                HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "20000000"), StandardCharsets.ISO_8859_1);
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start();
                RawClient client = proxy.client()) {
            // When
            client.send(local + REQUEST).response();

            // Then
            assertThat(Response.field(heads.getFirst(), "x-forwarded-for")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void aConnectionWithoutAHeaderIsClosed() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start();
                RawClient client = proxy.client()) {
            // When
            client.send(REQUEST);

            // Then
            assertRefused(proxy, client, 1);
            assertThat(heads).isEmpty();
        }
    }

    @Test
    void aHeaderHasTheDeadlineOfAHead() throws Exception {
        // Given: one that never comes, one that stops in the middle
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start();
                RawClient silent = proxy.client();
                RawClient slow = proxy.client()) {
            // When
            slow.send(LINE.substring(0, 10));

            // Then
            assertThat(silent.isClosedByPeer()).isTrue();
            assertRefused(proxy, slow, 2);
        }
    }

    @Test
    void aHealthCheckThatOnlyConnectsIsNoError() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start()) {
            // When
            proxy.client().close();

            // Then
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(proxy.count("gatehouse.downstream.connections.accepted"))
                            .isEqualTo(1));
            proxy.awaitQuiet();
            assertThat(proxy.count("gatehouse.proxy.protocol.errors")).isZero();
        }
    }

    @Test
    void aConnectionThatEndsWithinItsHeaderIsAnError() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).start()) {
            // When
            RawClient client = proxy.client().send("PROXY ");
            client.socket().shutdownOutput();

            // Then
            assertRefused(proxy, client, 1);
        }
    }

    @Test
    void nobodyElseCanLieAboutAnAddress() throws Exception {
        // Given: a listener whose balancers are elsewhere
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .proxyProtocolFrom(address -> false)
                        .start();
                RawClient honest = proxy.client();
                RawClient liar = proxy.client()) {
            // When
            Response served = honest.send(REQUEST).response();
            Response refused = liar.send(LINE + REQUEST).response();

            // Then
            assertThat(served.text()).isEqualTo("ok");
            assertThat(Response.field(heads.getFirst(), "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(refused.status()).isIn(400, 505);
            assertThat(heads).hasSize(1);
        }
    }

    @Test
    void tlsComesBehindTheHeader(@TempDir Path folder) throws Exception {
        // Given
        TestPki pki = new TestPki();
        ServerTlsOptions options = new ServerTlsOptions(
                List.of(TestPki.files(folder, "own", pki.issue("gatehouse.example"))),
                ClientCertificates.NONE,
                null,
                TlsVersion.V1_2);
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream)
                        .tls(ServerTls.load(options, TlsProvider.best()))
                        .start();
                RawClient below = proxy.client()) {
            below.send(LINE);
            RawClient client =
                    new RawClient(TestPki.layered(TestPki.context(null, pki), below.socket(), "gatehouse.example"));
            // When
            Response response = client.send(REQUEST).response();

            // Then
            assertThat(response.text()).isEqualTo("ok");
            assertThat(Response.field(heads.getFirst(), "x-forwarded-for")).isEqualTo("192.0.2.7");
            assertThat(Response.field(heads.getFirst(), "x-forwarded-proto")).isEqualTo("https");
        }
    }

    @Test
    void oneConnectionTooManyGetsItsAnswerAsBefore() throws Exception {
        // Given
        try (ScriptedUpstream upstream = upstream();
                ProxyUnderTest proxy = trusting(upstream).connections(1).start();
                RawClient first = proxy.client()) {
            first.send(LINE + REQUEST).response();
            // When
            try (RawClient second = proxy.client()) {
                Response response = second.send(LINE + REQUEST).response();

                // Then
                assertThat(response.status()).isEqualTo(503);
            }
        }
    }
}
