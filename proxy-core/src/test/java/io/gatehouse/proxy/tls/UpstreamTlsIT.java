// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Upstreams that speak TLS, well or badly, with either provider of ours. */
@ParameterizedClass
@MethodSource("providers")
class UpstreamTlsIT {
    private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private final TestPki pki = new TestPki();

    @Parameter
    private TlsProvider provider;

    @TempDir
    private Path folder;

    private @Nullable ClientTls tls;

    static Stream<TlsProvider> providers() {
        return Stream.of(TlsProvider.boringSsl(), TlsProvider.jdk());
    }

    @AfterEach
    void letGo() {
        if (tls != null) {
            tls.close();
        }
    }

    private static Router to(Upstream upstream) {
        ForwardTarget target = ForwardTarget.to("test", upstream);
        return (head, _, principal) -> new RouteDecision.Forward(target, 0);
    }

    /** Trusts this test's CA. */
    private ProxyUnderTest proxy(Router router) throws Exception {
        return proxy(router, new ClientTlsOptions(pki.caFile(folder), null, TlsVersion.V1_2));
    }

    private ProxyUnderTest proxy(Router router, ClientTlsOptions options) throws Exception {
        tls = ClientTls.load(options, provider);
        return ProxyUnderTest.with(router).quick().loops(1).upstreamTls(tls).start();
    }

    private static ScriptedUpstream serving(X509Bundle certificate, ScriptedUpstream.Script script) throws Exception {
        return new ScriptedUpstream(TestPki.context(certificate, null), script);
    }

    private static ScriptedUpstream hello(X509Bundle certificate) throws Exception {
        return serving(certificate, connection -> {
            while (true) {
                connection.head();
                connection.send(HELLO);
            }
        });
    }

    private static Response get(ProxyUnderTest proxy) throws Exception {
        try (RawClient client = proxy.client()) {
            return client.get("/").response();
        }
    }

    private static void assertError(ProxyUnderTest proxy, ErrorType error) throws Exception {
        Response response = get(proxy);
        assertThat(response.status()).isEqualTo(error.status());
        assertThat(response.field("proxy-status")).contains("error=" + error.token());
        assertThat(proxy.log(1).getFirst()).contains(error.token());
        assertThat(proxy.count("gatehouse.upstream.errors", "reason", error.token()))
                .isEqualTo(1);
        ProxyUnderTest.patiently()
                .untilAsserted(() -> assertThat(proxy.runtime()
                                .contexts()
                                .getFirst()
                                .upstreamPool()
                                .openConnections())
                        .as("connections left over")
                        .isZero());
    }

    @Test
    void aTrustedServerIsSpokenToAndItsConnectionKept() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(pki.issue("localhost"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When
            Response first = get(proxy);
            Response second = get(proxy);

            // Then
            assertThat(first.text()).isEqualTo("hello");
            assertThat(second.text()).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void anAddressIsCheckedLikeAName() throws Exception {
        // Given
        try (ScriptedUpstream right = hello(pki.issue("127.0.0.1"));
                ScriptedUpstream wrong = hello(pki.issue("127.0.0.2", "localhost"))) {
            // When / Then
            try (ProxyUnderTest proxy = proxy(to(Upstream.secure("127.0.0.1", right.port())))) {
                assertThat(get(proxy).text()).isEqualTo("hello");
            }
            letGo();
            try (ProxyUnderTest proxy = proxy(to(Upstream.secure("127.0.0.1", wrong.port())))) {
                assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
            }
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(pki.issue("another.example"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
        }
    }

    @Test
    void aCertificateOfAnUnknownCaIsRefused() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(new TestPki().issue("localhost"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
        }
    }

    @Test
    void aCertificateThatOnlyTheTestTrustsIsRefusedWhereTheJdkIsAsked() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(pki.issue("localhost"));
                ProxyUnderTest proxy =
                        proxy(to(Upstream.secure("localhost", upstream.port())), ClientTlsOptions.DEFAULT)) {
            // When / Then
            assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
        }
    }

    @Test
    void aCertificateThatSignsItselfIsRefused() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(TestPki.selfSigned("localhost"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        // Given
        try (ScriptedUpstream upstream = hello(pki.expired("localhost"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_CERTIFICATE_ERROR);
        }
    }

    @Test
    void aServerThatSpeaksPlainTextGetsNoRequest() throws Exception {
        // Given
        List<String> received = new CopyOnWriteArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    received.add(new String(connection.bytes(3), java.nio.charset.StandardCharsets.ISO_8859_1));
                    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    connection.untilClosed();
                });
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_PROTOCOL_ERROR);
            assertThat(received).hasSize(1).allMatch(bytes -> bytes.startsWith("\u0016\u0003"));
        }
    }

    @Test
    void aServerThatClosesWithinTheHandshakeGetsNoRequest() throws Exception {
        // Given
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> connection.bytes(5));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            Response response = get(proxy);
            assertThat(response.status()).isEqualTo(502);
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatHangsInTheHandshakeIsGivenUpAfterTheConnectTimeout() throws Exception {
        // Given
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.Connection::untilClosed);
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.CONNECTION_TIMEOUT);
        }
    }

    @Test
    void aCertificateOfOursIsShownToAServerThatAsks() throws Exception {
        // Given
        KeyPairFiles identity = TestPki.files(folder, "gatehouse", pki.issue("gatehouse"));
        ClientTlsOptions options = new ClientTlsOptions(pki.caFile(folder), identity, TlsVersion.V1_2);
        try (ScriptedUpstream upstream = insisting();
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())), options)) {
            // When / Then
            assertThat(get(proxy).text()).isEqualTo("CN=gatehouse");
        }
    }

    @Test
    void aServerThatRefusesUsIsNamedAsSuch() throws Exception {
        // Given: in TLS 1.3 the refusal comes after the handshake
        try (ScriptedUpstream upstream = insisting();
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When / Then
            assertError(proxy, ErrorType.TLS_ALERT_RECEIVED);
        }
    }

    /** Wants a certificate, and says whose it got. */
    private ScriptedUpstream insisting() throws Exception {
        SSLContext context = TestPki.context(pki.issue("localhost"), pki);
        return new ScriptedUpstream(connection -> {
            SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(connection.socket(), connection.in(), true);
            socket.setNeedClientAuth(true);
            try (RawClient client = new RawClient(socket)) {
                client.head();
                String name = socket.getSession().getPeerPrincipal().getName();
                client.send("HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
            }
        });
    }

    @Test
    void aBodyThatCloseNotifyEndsIsWhole() throws Exception {
        // Given
        try (ScriptedUpstream upstream = serving(pki.issue("localhost"), connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nall of it");
                });
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When
            Response response = get(proxy);

            // Then
            assertThat(response.text()).isEqualTo("all of it");
            assertThat(proxy.log(1).getFirst()).doesNotContain("error");
        }
    }

    @Test
    void aBodyThatEndsWithoutCloseNotifyIsCut() throws Exception {
        // Given
        try (ScriptedUpstream upstream = serving(pki.issue("localhost"), connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\npart of it");
                    Thread.sleep(100);
                    connection.cutBelowTls();
                });
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())));
                RawClient client = proxy.client()) {
            // When
            String all = client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").everything();

            // Then
            assertThat(all).endsWith("part of it" + RawClient.RESET);
            assertThat(proxy.log(1).getFirst()).contains("http_response_incomplete");
        }
    }

    @Test
    void anEarlyAnswerSurvivesTheResetBehindIt() throws Exception {
        // Given: it answers and closes with most of the request unread
        try (ScriptedUpstream upstream = serving(pki.issue("localhost"), connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                });
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = proxy.client()) {
                    // When
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
                    client.send(new byte[4_000_000]);

                    // Then
                    assertThat(client.response().text()).isEqualTo("big");
                }
            }
        }
    }

    /** A connection on which writing fails after a while although nobody has ended it. */
    public static final class Unwritable extends NioSocketChannel {
        private long offered;

        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            offered += in.totalPendingWriteBytes();
            if (offered > 1_000_000) {
                throw new IOException("no more today");
            }
            super.doWrite(in);
        }
    }

    @Test
    void aRequestThatCannotBeWrittenToItsEndWaitsForAnAnswerAndNotForEver() throws Exception {
        // Given
        Transport nio = Transport.nio();
        Transport unwritable = new Transport(
                "unwritable",
                nio.ioHandlerFactory(),
                nio.serverChannel(),
                Unwritable.class,
                nio.datagramChannel(),
                nio.splicer(),
                null,
                nio.keepAlive());
        tls = ClientTls.load(new ClientTlsOptions(pki.caFile(folder), null, TlsVersion.V1_2), provider);
        try (ScriptedUpstream upstream = serving(pki.issue("localhost"), connection -> {
                    connection.head();
                    Thread.sleep(6_000);
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(to(Upstream.secure("localhost", upstream.port())))
                        .quick()
                        .upstreamTls(tls)
                        .transport(unwritable)
                        .start();
                RawClient client = proxy.client()) {
            // When
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
            client.send(new byte[4_000_000]);

            // Then
            assertThat(client.response().field("proxy-status")).isEqualTo("gatehouse; error=http_response_timeout");
            assertThat(proxy.log(1).getFirst())
                    .as("nobody held back what goes nowhere")
                    .contains("\"bytes_in\":4000000");
        }
    }

    @Test
    void aKeptConnectionThatWasClosedIsReplacedByAnotherWithTls() throws Exception {
        // Given: each connection is good for one request and then gone without a word
        try (ScriptedUpstream upstream = serving(pki.issue("localhost"), connection -> {
                    connection.head();
                    connection.send(HELLO);
                    if (connection.number() == 1) {
                        connection.head();
                        connection.cutBelowTls();
                    }
                    connection.untilClosed();
                });
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            // When
            Response first = get(proxy);
            Response second = get(proxy);

            // Then
            assertThat(first.text()).isEqualTo("hello");
            assertThat(second.text()).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(2);
            assertThat(proxy.count("gatehouse.upstream.retries")).isEqualTo(1);
        }
    }

    @Test
    void aPlainConnectionIsNeverUsedForAnUpstreamThatWantsTls() throws Exception {
        // Given: a plain connection that rests in the pool
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(HELLO)) {
            Upstream plain = new Upstream("localhost", upstream.port());
            Upstream secure = Upstream.secure("localhost", upstream.port());
            Router byPath = (head, sender, principal) ->
                    to(head.path().startsWith("/tls") ? secure : plain).route(head, sender, principal);
            try (ProxyUnderTest proxy = proxy(byPath);
                    RawClient client = proxy.client()) {
                assertThat(client.get("/plain").response().status()).isEqualTo(200);
                // When
                Response response = client.get("/tls").response();

                // Then
                assertThat(response.status()).isNotEqualTo(200);
                assertThat(upstream.connections()).isEqualTo(2);
            }
        }
    }

    @Test
    void discoverysCallsUseTlsToo() throws Exception {
        // Given
        try (ScriptedUpstream good = hello(pki.issue("localhost"));
                ScriptedUpstream bad = hello(TestPki.selfSigned("localhost"));
                ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1))) {
            UpstreamClient client = new UpstreamClient(proxy.runtime()::anyContext);
            // When / Then
            assertThat(client.get(Upstream.secure("localhost", good.port()), "/", 100, Duration.ofSeconds(5))
                            .get()
                            .body())
                    .asString()
                    .isEqualTo("hello");
            assertThatThrownBy(
                            () -> client.get(Upstream.secure("localhost", bad.port()), "/", 100, Duration.ofSeconds(5))
                                    .get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            UpstreamClient.CallFailedException.class,
                            failed -> assertThat(failed.error()).isEqualTo(ErrorType.TLS_CERTIFICATE_ERROR));
        }
    }

    @Test
    void anotherCaCountsForNewConnections() throws Exception {
        // Given
        TestPki other = new TestPki();
        try (ScriptedUpstream upstream = hello(other.issue("localhost"));
                ProxyUnderTest proxy = proxy(to(Upstream.secure("localhost", upstream.port())))) {
            assertThat(get(proxy).status()).isEqualTo(502);

            // When
            ClientTls changed = java.util.Objects.requireNonNull(tls);
            changed.prepare(new ClientTlsOptions(other.caFile(folder), null, TlsVersion.V1_2))
                    .orElseThrow()
                    .takeOver();

            // Then
            assertThat(get(proxy).text()).isEqualTo("hello");
        }
    }
}
