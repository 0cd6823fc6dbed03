// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A listener with TLS and the JDK's sockets as clients, with either provider. Clients insist on close_notify. */
@ParameterizedClass
@MethodSource("providers")
class DownstreamTlsIT {
    private static final int LARGE = 200 << 20;

    private final TestPki pki = new TestPki();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @Parameter
    private TlsProvider provider;

    @TempDir
    private Path folder;

    static Stream<TlsProvider> providers() {
        return Stream.of(TlsProvider.boringSsl(), TlsProvider.jdk());
    }

    @BeforeEach
    void listenToTheLog() {
        logged.start();
        root().addAppender(logged);
    }

    /** Whatever a client does to TLS is no error of ours. */
    @AfterEach
    void nothingWasAnError() {
        root().detachAppender(logged);
        assertThat(List.copyOf(logged.list))
                .filteredOn(event -> !event.getLoggerName().endsWith("ResourceLeakDetector"))
                .noneMatch(event -> event.getLevel() == Level.ERROR);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private ServerTlsOptions options(X509Bundle... certificates) throws IOException {
        List<KeyPairFiles> files = new ArrayList<>();
        for (X509Bundle certificate : certificates) {
            files.add(TestPki.files(folder, "server-" + files.size(), certificate));
        }
        return new ServerTlsOptions(files, ClientCertificates.NONE, null, TlsVersion.V1_2);
    }

    private ProxyUnderTest proxy(Router router, ServerTlsOptions options) throws Exception {
        return ProxyUnderTest.with(router)
                .tls(ServerTls.load(options, provider))
                .start();
    }

    private static RawClient client(ProxyUnderTest proxy, SSLContext context, @Nullable String name)
            throws IOException {
        return new RawClient(TestPki.socket(context, proxy.address(), name));
    }

    private RawClient client(ProxyUnderTest proxy) throws IOException {
        return client(proxy, TestPki.context(null, pki), "gatehouse.example");
    }

    /** The first name in the certificate that a client gets who asks for {@code name}. */
    private static String shown(ProxyUnderTest proxy, @Nullable String name) throws Exception {
        try (SSLSocket socket = TestPki.socket(TestPki.context(null, null), proxy.address(), name)) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return (String) shown.getSubjectAlternativeNames().iterator().next().get(1);
        }
    }

    private static double failures(ProxyUnderTest proxy) {
        return proxy.count("gatehouse.tls.handshake.failures");
    }

    private static void awaitFailures(ProxyUnderTest proxy, int count) {
        ProxyUnderTest.patiently()
                .untilAsserted(() -> assertThat(failures(proxy)).isEqualTo(count));
    }

    @Test
    void requestsPassAndTheUpstreamLearnsTheScheme() throws Exception {
        // Given
        List<String> heads = new ArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    while (true) {
                        heads.add(connection.head());
                        connection.ok("hello");
                    }
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            Response first = client.get("/one").response();
            Response second = client.get("/two").response();

            // Then
            assertThat(first.text()).isEqualTo("hello");
            assertThat(second.text()).isEqualTo("hello");
            assertThat(heads)
                    .hasSize(2)
                    .allSatisfy(head -> assertThat(Response.field(head, "x-forwarded-proto"))
                            .isEqualTo("https"));
            assertThat(failures(proxy)).isZero();
        }
    }

    @Test
    void alpnNamesHttp11() throws Exception {
        // Given
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                SSLSocket socket = TestPki.socket(TestPki.context(null, pki), proxy.address(), null)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);

            // When
            socket.startHandshake();

            // Then
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void theServerNameChoosesTheCertificate() throws Exception {
        // Given
        ServerTlsOptions options =
                options(pki.issue("default.example"), pki.issue("one.example"), pki.issueForAllOf("wild.example"));
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options)) {
            // When / Then
            assertThat(shown(proxy, "one.example")).isEqualTo("one.example");
            assertThat(shown(proxy, "ONE.example")).isEqualTo("one.example");
            assertThat(shown(proxy, "any.wild.example")).isEqualTo("*.wild.example");
            assertThat(shown(proxy, "two.labels.wild.example")).isEqualTo("default.example");
            assertThat(shown(proxy, "wild.example")).isEqualTo("default.example");
            assertThat(shown(proxy, "unknown.example")).isEqualTo("default.example");
            assertThat(shown(proxy, null)).isEqualTo("default.example");
        }
    }

    @Test
    void olderVersionsThanConfiguredAreRefused() throws Exception {
        // Given
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("gatehouse.example"));
        ServerTlsOptions options = new ServerTlsOptions(List.of(files), ClientCertificates.NONE, null, TlsVersion.V1_3);
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options)) {
            try (SSLSocket old = TestPki.socket(TestPki.context(null, pki), proxy.address(), null)) {
                old.setEnabledProtocols(new String[] {"TLSv1.2"});
                // When / Then
                assertThatThrownBy(old::startHandshake).isInstanceOf(IOException.class);
            }
            awaitFailures(proxy, 1);
            try (SSLSocket current = TestPki.socket(TestPki.context(null, pki), proxy.address(), null)) {
                current.startHandshake();
                assertThat(current.getSession().getProtocol()).isEqualTo("TLSv1.3");
            }
        }
    }

    @Test
    void aClientCertificateIsAskedForAndChecked() throws Exception {
        // Given
        TestPki clients = new TestPki("Client CA");
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("gatehouse.example"));
        ServerTlsOptions required = new ServerTlsOptions(
                List.of(files), ClientCertificates.REQUIRED, clients.caFile(folder), TlsVersion.V1_2);
        ServerTlsOptions optional = new ServerTlsOptions(
                List.of(files), ClientCertificates.OPTIONAL, clients.caFile(folder), TlsVersion.V1_2);
        SSLContext nobody = TestPki.context(null, pki);
        SSLContext known = TestPki.context(clients.issue("someone"), pki);
        // A CA of the same name: a client sends nothing where it sees that it has nothing suitable.
        SSLContext stranger = TestPki.context(new TestPki("Client CA").issue("someone"), pki);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            Router router = ProxyUnderTest.allTo(upstream.port());
            // When / Then
            try (ProxyUnderTest proxy = proxy(router, required)) {
                assertThat(answers(proxy, known)).isTrue();
                assertThat(answers(proxy, nobody)).isFalse();
                assertThat(answers(proxy, stranger)).isFalse();
                awaitFailures(proxy, 2);
            }
            try (ProxyUnderTest proxy = proxy(router, optional)) {
                assertThat(answers(proxy, known)).isTrue();
                assertThat(answers(proxy, nobody)).isTrue();
                assertThat(answers(proxy, stranger)).isFalse();
                awaitFailures(proxy, 1);
            }
        }
    }

    private static boolean answers(ProxyUnderTest proxy, SSLContext context) {
        // In TLS 1.3 a client is done before the server has looked at its certificate.
        try (RawClient client = client(proxy, context, null)) {
            return client.get("/").response().status() == 200;
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void plainHttpGetsAPlainAnswer() throws Exception {
        // Given
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                RawClient client = proxy.client()) {
            // When
            String answer = client.get("/").everything();

            // Then
            assertThat(answer).startsWith("HTTP/1.1 400 Bad Request\r\n").endsWith("Use https://.\n");
            awaitFailures(proxy, 1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void plainHttpThatIsStillBeingSentGetsItsAnswerToo() throws Exception {
        // Given
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                RawClient client = proxy.client()) {
            // When
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + "x".repeat(1_000_000));
            String head = client.head();
            client.send("x".repeat(1_000_000));

            // Then
            assertThat(head).startsWith("HTTP/1.1 400 Bad Request\r\n");
            assertThat(client.everything()).endsWith("Use https://.\n");
            proxy.awaitQuiet();
        }
    }

    @Test
    void garbageEndsTheConnection() throws Exception {
        // Given
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                RawClient client = proxy.client()) {
            // When
            client.send("\u0000\u0001garbage that is no record");

            // Then
            client.everything();
            awaitFailures(proxy, 1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void garbageBehindTheHandshakeEndsTheConnection() throws Exception {
        // Given
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                RawClient below = proxy.client()) {
            SSLSocket socket = TestPki.layered(TestPki.context(null, pki), below.socket(), null);
            socket.startHandshake();
            // When
            below.send("\u0017\u0003\u0003\u0000 ".concat("x".repeat(32)));

            // Then
            below.everything();
            proxy.awaitQuiet();
        }
    }

    @Test
    void aClientHelloHasALimit() throws Exception {
        // Given: a handshake message that says it is a megabyte, in records of full length
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                RawClient client = proxy.client()) {
            // When
            client.send("\u0016\u0003\u0001@\u0000\u0001\u0010\u0000\u0000".concat("x".repeat(0x3FFC)));

            // Then
            client.everything();
            awaitFailures(proxy, 1);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aHandshakeHasTheDeadlineOfAHead() throws Exception {
        // Given: one that says nothing, one that stops within the ClientHello, one that stops after it
        try (ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(1))
                        .quick()
                        .tls(ServerTls.load(options(pki.issue("gatehouse.example")), provider))
                        .start();
                RawClient silent = proxy.client();
                RawClient slow = proxy.client();
                RawClient lazy = proxy.client()) {
            // When
            slow.send("\u0016\u0003\u0001\u0002\u0000\u0001");
            lazy.send(clientHello());

            // Then
            assertThat(silent.isClosedByPeer()).isTrue();
            assertThat(slow.isClosedByPeer()).isTrue();
            assertThat(lazy.everything()).as("the server's side of a handshake").startsWith("\u0016\u0003\u0003");
            proxy.awaitQuiet();
        }
    }

    private static byte[] clientHello() throws SSLException {
        SSLEngine engine = TestPki.context(null, null).createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** BoringSSL never does; the JDK is told by an option of the VM, in {@code ./gatehouse} as in the tests. */
    @Test
    void nobodyHandshakesTwiceOnAConnection() throws Exception {
        try (ProxyUnderTest proxy = proxy(ProxyUnderTest.allTo(1), options(pki.issue("gatehouse.example")));
                SSLSocket socket = TestPki.socket(TestPki.context(null, pki), proxy.address(), null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();

            // When
            socket.startHandshake();

            // Then
            assertThatThrownBy(() -> new RawClient(socket).get("/").response()).isInstanceOf(IOException.class);
            proxy.awaitQuiet();
        }
    }

    @Test
    void newCertificatesReachNewConnectionsAndEndNoOldOne() throws Exception {
        // Given
        ServerTlsOptions options = options(pki.issue("before.example"));
        ServerTls tls = ServerTls.load(options, provider);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .tls(tls)
                        .start();
                RawClient old = client(proxy)) {
            assertThat(old.get("/").response().text()).isEqualTo("ok");
            assertThat(tls.prepare(options)).as("nothing changed").isEmpty();
            ServerCertificates before = tls.acquire();
            SslContext context = before.choose(null);
            before.release();

            // When
            TestPki.files(folder, "server-0", pki.issue("after.example"));
            tls.prepare(options).orElseThrow().takeOver();

            // Then
            assertThat(old.get("/").response().text()).isEqualTo("ok");
            assertThat(shown(proxy, null)).isEqualTo("after.example");
            old.close();
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(ReferenceCountUtil.refCnt(context))
                            .as("who holds the old certificate")
                            .isLessThanOrEqualTo(0));
        }
    }

    @Test
    void aBrokenFileChangesNothing() throws Exception {
        // Given
        ServerTlsOptions options = options(pki.issue("before.example"));
        ServerTls tls = ServerTls.load(options, provider);
        try (ProxyUnderTest proxy =
                ProxyUnderTest.with(ProxyUnderTest.allTo(1)).tls(tls).start()) {
            // When
            Files.writeString(options.certificates().getFirst().certFile(), "nothing of use");

            // Then
            assertThatThrownBy(() -> tls.prepare(options))
                    .isInstanceOf(TlsFileException.class)
                    .hasMessageContaining("server-0.crt: there is no certificate in it: write PEM");
            assertThat(shown(proxy, null)).isEqualTo("before.example");
        }
    }

    @Test
    void aReturningClientResumesItsSession() throws Exception {
        // Given
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")))) {
            SSLContext context = TestPki.context(null, pki);
            // When: the JDK's resumed sessions keep the time at which the first one began
            long first = sessionBegan(proxy, context);
            Thread.sleep(20);
            long second = sessionBegan(proxy, context);

            // Then
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void nobodyComesBackUnderACaThatCountsNoMore() throws Exception {
        // Given: a client that was let in, and holds what it needs to resume
        TestPki before = new TestPki("Client CA");
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("gatehouse.example"));
        ServerTls tls = ServerTls.load(onlyFrom(before, files), provider);
        SSLContext context = TestPki.context(before.issue("someone"), pki);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .tls(tls)
                        .start()) {
            assertThat(sessionBegan(proxy, context)).isEqualTo(sessionBegan(proxy, context));

            // When
            tls.prepare(onlyFrom(new TestPki("Client CA"), files)).orElseThrow().takeOver();

            // Then
            assertThatThrownBy(() -> sessionBegan(proxy, context)).isInstanceOf(IOException.class);
        }
    }

    private ServerTlsOptions onlyFrom(TestPki clients, KeyPairFiles files) throws IOException {
        return new ServerTlsOptions(
                List.of(files), ClientCertificates.REQUIRED, clients.caFile(folder), TlsVersion.V1_2);
    }

    private static long sessionBegan(ProxyUnderTest proxy, SSLContext context) throws IOException {
        // The JDK looks for a session by the peer's name and port.
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(
                        RawClient.connected(proxy.address(), 0),
                        "gatehouse.example",
                        proxy.address().getPort(),
                        true);
        try (RawClient client = new RawClient(socket)) {
            client.get("/").response();
            return socket.getSession().getCreationTime();
        }
    }

    @Test
    void theLastResponseEndsWithCloseNotify() throws Exception {
        // Given
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            String all = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .everything();

            // Then
            assertThat(all).endsWith("ok");
            proxy.awaitQuiet();
        }
    }

    @Test
    void aClientThatStillSendsReadsTheLastResponseWhole() throws Exception {
        // Given: an answer that comes while the body is being sent
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!");
                    connection.untilClosed();
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(10_000));
            Response response = client.response();
            // For longer than the response and its close_notify take: what comes behind them must not end the
            // connection either.
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
            while (System.nanoTime() < end) {
                client.send("x".repeat(1000));
                Thread.onSpinWait();
            }

            // Then
            assertThat(response.text()).isEqualTo("no!");
            assertThat(client.everything()).as("close_notify").isEmpty();
        }
    }

    @Test
    void aCutResponseHasNoProperEnd() throws Exception {
        // Given: a body that only the end of the connection ends, and an upstream that breaks within it
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\npart of it");
                    seen.await(10, TimeUnit.SECONDS);
                    connection.reset();
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            String begin = client.head();
            byte[] body = client.in().readNBytes("part of it".length());
            seen.countDown();

            // Then
            assertThat(begin).startsWith("HTTP/1.1 200");
            assertThat(body).asString(StandardCharsets.US_ASCII).isEqualTo("part of it");
            assertThat(client.everything()).isEqualTo(RawClient.RESET);
        }
    }

    @Test
    void manyTinyRecordsThatHaveToWaitAreTakenInOrder() throws Exception {
        // Given: an upstream that lets the first request wait until all others are on their way
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    while (true) {
                        String head = connection.head();
                        sent.await(10, TimeUnit.SECONDS);
                        connection.ok(head.substring(4, head.indexOf(' ', 4)));
                    }
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When: each byte of the next is a record of its own
            client.get("/first");
            String more = "GET /second HTTP/1.1\r\nHost: a\r\nX-Long: " + "y".repeat(6000) + "\r\n\r\n";
            for (byte one : more.getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {one});
            }
            sent.countDown();

            // Then
            assertThat(client.response().text()).isEqualTo("/first");
            assertThat(client.response().text()).isEqualTo("/second");
        }
    }

    @Test
    void aLargeResponseWaitsForAClientThatDoesNotRead() throws Exception {
        // Given
        CountDownLatch looked = new CountDownLatch(1);
        long[] sentWhileWaiting = new long[1];
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                    byte[] piece = new byte[1 << 20];
                    for (int i = 0; i < LARGE / piece.length; i++) {
                        connection.send(piece);
                        if (looked.getCount() > 0) {
                            sentWhileWaiting[0] += piece.length;
                        }
                    }
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String head = client.head();
            Thread.sleep(1500);
            long sent = sentWhileWaiting[0];
            looked.countDown();
            long received = client.in().transferTo(OutputStream.nullOutputStream());

            // Then: what may be under way is what sockets and both buffers hold
            assertThat(head).startsWith("HTTP/1.1 200");
            assertThat(sent).isLessThan(64 << 20);
            assertThat(received).isEqualTo(LARGE);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aLargeRequestWaitsForAnUpstreamThatDoesNotRead() throws Exception {
        // Given
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.head();
                    Thread.sleep(1500);
                    long received = 0;
                    byte[] buffer = new byte[1 << 16];
                    InputStream in = connection.in();
                    while (received < LARGE) {
                        received += in.read(buffer);
                    }
                    connection.ok(Long.toString(received));
                });
                ProxyUnderTest proxy =
                        proxy(ProxyUnderTest.allTo(upstream.port()), options(pki.issue("gatehouse.example")));
                RawClient client = client(proxy)) {
            // When
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n");
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < LARGE / piece.length; i++) {
                client.send(piece);
            }

            // Then
            assertThat(client.response().text()).isEqualTo(Integer.toString(LARGE));
            assertThat(proxy.count("gatehouse.reads.paused.seconds")).isPositive();
        }
    }
}
