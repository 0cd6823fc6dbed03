// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.TlsProvider;
import io.gatehouse.proxy.tls.TlsVersion;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers of calls that speak TLS, well or badly, with either provider of ours. */
@Timeout(60)
@ParameterizedClass
@MethodSource("providers")
class GrpcTlsIT {
    private final TestPki pki = new TestPki();

    @Parameter
    private TlsProvider provider;

    @TempDir
    private Path folder;

    private ClientTls tls;
    private GrpcUnderTest door;
    private Upstream server;

    static Stream<TlsProvider> providers() {
        return Stream.of(TlsProvider.boringSsl(), TlsProvider.jdk());
    }

    @BeforeEach
    void open() throws Exception {
        tls = ClientTls.load(new ClientTlsOptions(pki.caFile(folder), null, TlsVersion.V1_2), provider);
        door = new GrpcUnderTest(tls);
        server = Upstream.secure("localhost", door.server.getLocalPort());
        door.upstream = server;
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    /** The server's end of the next connection, which offers that protocol by ALPN, or none. */
    private SSLSocket accept(X509Bundle identity, @Nullable String protocol) throws IOException {
        door.server.setSoTimeout(20_000);
        Socket accepted = door.server.accept();
        SSLSocket socket = (SSLSocket) TestPki.context(identity, null)
                .getSocketFactory()
                .createSocket(accepted, null, accepted.getPort(), true);
        socket.setUseClientMode(false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocol == null ? new String[0] : new String[] {protocol});
        socket.setSSLParameters(parameters);
        return socket;
    }

    private CompletableFuture<Reply> ask() {
        return new GrpcClient(door.runtime::anyGrpcLoop)
                .call(
                        server,
                        "/test.Service/Method",
                        Map.of(AsciiString.cached("authorization"), "Bearer ours"),
                        new byte[3],
                        Duration.ofSeconds(10))
                .toCompletableFuture();
    }

    @Test
    void callsOfClientsAndOurOwnShareAConnection() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // When
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire wire = Http2Wire.server(accept(pki.issue("localhost"), "h2"))) {
                // Then
                Http2Wire.Frame call = wire.await(Http2Wire.HEADERS);
                assertThat(call.header(":scheme")).isEqualTo("https");
                wire.headers(call.stream(), GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("0");

                // When
                CompletableFuture<Reply> reply = ask();

                // Then
                Http2Wire.Frame ours = wire.await(Http2Wire.HEADERS);
                assertThat(ours.header(":scheme")).isEqualTo("https");
                assertThat(ours.header("authorization")).isEqualTo("Bearer ours");
                wire.headers(ours.stream(), GrpcUnderTest.answerHead().add("grpc-status", "13"), true);
                assertThat(reply.get(10, TimeUnit.SECONDS))
                        .isInstanceOfSatisfying(
                                Reply.Answered.class,
                                answered -> assertThat(answered.status()).isEqualTo(GrpcStatus.INTERNAL));
            }
        }
    }

    @Test
    void aServerThatDoesNotChooseHttp2IsToldApart() throws Exception {
        CompletableFuture<Reply> reply = ask();

        try (SSLSocket socket = accept(pki.issue("localhost"), null)) {
            socket.startHandshake();
            assertThat(socket.getInputStream().read()).as("nothing is sent").isEqualTo(-1);
        }

        assertThat(reply.get(10, TimeUnit.SECONDS))
                .isEqualTo(
                        new Reply.Failed(ErrorType.TLS_PROTOCOL_ERROR, "the server does not choose HTTP/2 (ALPN h2)"));
    }

    @Test
    void aServerWhoseCertificateIsForAnotherHostGetsNothing() throws Exception {
        assertCertificateRefused(pki.issue("other.example"));
    }

    @Test
    void aServerWhoseCertificateIsOfAnotherCaGetsNothing() throws Exception {
        assertCertificateRefused(new TestPki("Another CA").issue("localhost"));
    }

    private void assertCertificateRefused(X509Bundle identity) throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (SSLSocket socket = accept(identity, "h2")) {
                socket.startHandshake();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            } catch (IOException refused) {
                // It hears of our judgement within the handshake, with TLS 1.3 at the first read, or finds us gone as
                // it writes.
            }
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("14");
        }
        await().untilAsserted(() -> assertThat(door.heard).containsExactly("failed TLS_CERTIFICATE_ERROR false"));
    }

    /** The next connection, not the one that is open. */
    @Test
    void anotherCaHoldsForTheNextConnection() throws Exception {
        // Given
        TestPki next = new TestPki("Next CA");
        tls.prepare(new ClientTlsOptions(next.caFile(folder), null, TlsVersion.V1_2))
                .orElseThrow()
                .takeOver();

        // When
        CompletableFuture<Reply> reply = ask();

        // Then
        try (Http2Wire wire = Http2Wire.server(accept(next.issue("localhost"), "h2"))) {
            int stream = wire.await(Http2Wire.HEADERS).stream();
            wire.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "13"), true);
            assertThat(reply.get(10, TimeUnit.SECONDS)).isInstanceOf(Reply.Answered.class);
        }
    }
}
