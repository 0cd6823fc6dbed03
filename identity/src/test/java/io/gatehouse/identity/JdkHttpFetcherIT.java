// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that a provider should not give, and those that it should. */
class JdkHttpFetcherIT {
    private static final Duration DEADLINE = Duration.ofMillis(700);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpFetcher fetcher = new JdkHttpFetcher(null, DEADLINE);
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        fetcher.close();
        server.stop(0);
        threads.close();
    }

    @Test
    void aFormIsPostedAndTheAnswerComesBack() throws Exception {
        // Given
        AtomicReference<String> seen = new AtomicReference<>();
        server.createContext("/token", exchange -> {
            seen.set(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
            exchange.getResponseHeaders().set("Retry-After", "7");
            answer(exchange, 429, "later");
        });
        // When
        HttpFetcher.Answer answer =
                fetch(new HttpFetcher.Request(uri("/token"), "Basic eA==", "a=b".getBytes(StandardCharsets.US_ASCII)));
        // Then
        assertThat(seen).hasValue("POST application/x-www-form-urlencoded Basic eA== a=b");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(new String(answer.body(), StandardCharsets.US_ASCII)).isEqualTo("later");
    }

    @Test
    void aRedirectIsAnAnswerAndNoWay() throws Exception {
        // Given
        AtomicInteger elsewhere = new AtomicInteger();
        server.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            answer(exchange, 200, "{}");
        });
        server.createContext("/keys", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            answer(exchange, 302, "");
        });
        // When / Then
        assertThat(fetch(HttpFetcher.Request.get(uri("/keys"))).status()).isEqualTo(302);
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void anAnswerHasAMebibyteAtMost() throws Exception {
        server.createContext("/fits", exchange -> answer(exchange, 200, "x".repeat(1024 * 1024)));
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] some = new byte[64 * 1024];
            try (OutputStream out = exchange.getResponseBody()) {
                while (end.getCount() > 0) {
                    out.write(some);
                }
            }
        });
        assertThat(fetch(HttpFetcher.Request.get(uri("/fits"))).body()).hasSize(1024 * 1024);
        assertThatThrownBy(() -> fetch(HttpFetcher.Request.get(uri("/endless"))))
                .hasStackTraceContaining("more than 1048576 bytes");
    }

    @Test
    void whoeverHangsIsWaitedForUntilTheDeadlineAndByNoCaller() {
        server.createContext("/silent", exchange -> await());
        server.createContext("/half", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await();
        });
        for (String path : new String[] {"/silent", "/half"}) {
            long began = System.nanoTime();
            var answer = fetcher.fetch(HttpFetcher.Request.get(uri(path))).toCompletableFuture();
            assertThat(answer).isNotDone();
            assertThat(catchThrowable(() -> answer.get(10, TimeUnit.SECONDS)))
                    .hasRootCauseInstanceOf(TimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(DEADLINE);
        }
    }

    @Test
    void nobodyThereIsAFailureToo() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertThatThrownBy(() -> fetch(HttpFetcher.Request.get(URI.create("http://127.0.0.1:" + port + "/"))))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void onlyTheGivenCertificatesAreTrustedAndOnlyForTheirHost() throws Exception {
        // Given
        TestPki pki = new TestPki();
        HttpsServer right = https(pki, "127.0.0.1");
        HttpsServer wrongHost = https(pki, "idp.example.com");
        String pem = pki.ca().getCertificatePEM();
        try (HttpFetcher trusting = new JdkHttpFetcher(TrustedCertificates.context(pem), Duration.ofSeconds(10))) {
            // When / Then
            assertThat(get(trusting, right)).isEqualTo(200);
            assertThatThrownBy(() -> get(trusting, wrongHost)).hasCauseInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> get(fetcher, right)).hasStackTraceContaining("SSLHandshakeException");
        } finally {
            right.stop(0);
            wrongHost.stop(0);
        }
        assertThatThrownBy(() -> TrustedCertificates.context("no certificate"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private HttpsServer https(TestPki pki, String host) throws IOException {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(TestPki.context(pki.issue(host), null)));
        https.setExecutor(threads);
        https.createContext("/", exchange -> answer(exchange, 200, "{}"));
        https.start();
        return https;
    }

    private static int get(HttpFetcher with, HttpsServer https) throws Exception {
        return with.fetch(HttpFetcher.Request.get(
                        URI.create("https://127.0.0.1:" + https.getAddress().getPort() + "/")))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .status();
    }

    private HttpFetcher.Answer fetch(HttpFetcher.Request request) throws Exception {
        return fetcher.fetch(request).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
