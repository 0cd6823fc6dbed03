// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.LocalHandler;
import io.gatehouse.proxy.LocalRequest;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that Gatehouse answers itself: bodies collected within a limit, answers at once, later, never, or by failing. */
class LocalHandlerIT {
    private static final LocalHandler ECHO = request -> CompletableFuture.completedFuture(
            LocalResponse.text(200, request.path() + " " + new String(request.body(), StandardCharsets.ISO_8859_1)));

    private final AtomicReference<LocalHandler> handler = new AtomicReference<>(ECHO);
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = ProxyUnderTest.quick((head, _, principal) ->
                new RouteDecision.Handle("local", request -> handler.get().handle(request), 10));
    }

    @AfterEach
    void stop() {
        proxy.awaitQuiet();
        proxy.close();
    }

    // ---- Bodies ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 5,hello,hello",
        "Content-Length: 0,'',''",
        "X: y,'',''",
        "Transfer-Encoding: chunked,'3|hel|2|lo|0||',hello",
        "Transfer-Encoding: chunked,'0||',''",
        "Content-Length: 10,0123456789,0123456789"
    })
    void aBodyIsCollected(String framing, String body, String seen) throws Exception {
        try (RawClient client = proxy.client()) {
            String request = "POST /p HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + body.replace("|", "\r\n");
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(request).response().text()).isEqualTo("/p " + seen);
            }
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.response().text()).isEqualTo("/p " + seen);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 11,''",
        "Content-Length: 99999999999,''",
        "Transfer-Encoding: chunked,'b|01234567890|0||'",
        "Transfer-Encoding: chunked,'7|0123456|7|0123456|'"
    })
    void aBodyThatIsTooLargeIsRefused(String framing, String body) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + body.replace("|", "\r\n"));
            Response response = client.response();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(response.text()).contains("At most 10 bytes");
            assertThat(client.everything()).isEmpty();
        }
        assertThat(proxy.log(1).get(0)).contains("\"status\":413", "\"route\":\"local\"");
    }

    @Test
    void whoeverWaitsForA100GetsIt() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").response().text()).isEqualTo("/p hello");
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc"})
    void aBodyThatDoesNotComeIsA408(String part) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n" + part);
            assertThat(client.response().status()).isEqualTo(408);
        }
    }

    @Test
    void aClientThatLeavesWithinItsBodyLeavesNothingBehind() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
            Thread.sleep(50);
        }
        assertThat(proxy.log(1).get(0)).contains("\"status\":499", "\"bytes_in\":3");
    }

    @Test
    void aViolationWithinTheBodyIsRefused() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nrubbish\r\n");
            assertThat(client.response().status()).isEqualTo(400);
        }
    }

    // ---- Answers --------------------------------------------------------------------------------------------------

    @Test
    void theRequestIsACopyThatLasts() throws Exception {
        BlockingQueue<LocalRequest> seen = new LinkedBlockingQueue<>();
        handler.set(request -> {
            seen.add(request);
            return CompletableFuture.completedFuture(LocalResponse.empty(204));
        });
        try (RawClient client = proxy.client()) {
            client.send("GET /a%20b?c=d HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
            assertThat(client.response().head()).doesNotContain("Content-Length");
            client.send("GET /overwritten HTTP/1.1\r\nHost: a\r\n\r\n");
            client.response();
        }
        LocalRequest first = seen.take();
        assertThat(first.path()).isEqualTo("/a%20b");
        assertThat(first.query()).isEqualTo("c=d");
        assertThat(first.accept()).isEqualTo("text/html");
        assertThat(seen.take().accept()).isEmpty();
    }

    @Test
    void headHasTheLengthAndNoBody() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.headResponse().field("content-length")).isEqualTo("3");
            assertThat(client.get("/q").response().text()).isEqualTo("/q ");
        }
    }

    @Test
    void answersFromOtherThreadsComeInOrder() throws Exception {
        try (var workers = Executors.newVirtualThreadPerTaskExecutor();
                RawClient client = proxy.client()) {
            handler.set(request -> CompletableFuture.supplyAsync(
                    () -> {
                        sleep(request.path().length() % 3);
                        return LocalResponse.text(200, request.path());
                    },
                    workers));
            for (int i = 0; i < 50; i++) {
                client.get("/" + "x".repeat(i));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(client.response().text()).isEqualTo("/" + "x".repeat(i));
            }
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whateverAHandlerDoesWrongIsA500() throws Exception {
        LocalHandler throwing = request -> {
            throw new IllegalStateException("secret");
        };
        LocalHandler failing = request -> CompletableFuture.failedFuture(new IllegalStateException("secret"));
        LocalHandler empty = request -> CompletableFuture.completedFuture(null);
        LocalHandler nothing = request -> null;
        try (RawClient client = proxy.client()) {
            for (LocalHandler bad : new LocalHandler[] {throwing, failing, empty, nothing}) {
                handler.set(bad);
                Response response = client.get("/").response();
                assertThat(response.status()).isEqualTo(500);
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=proxy_internal_error");
                assertThat(response.text()).doesNotContain("secret", "Exception");
                assertThat(response.field("connection")).isNull();
            }
            handler.set(ECHO);
            assertThat(client.get("/fine").response().text()).isEqualTo("/fine ");
        }
    }

    @Test
    void aLateAnswerFindsNobodyAndHarmsNobody() throws Exception {
        CompletableFuture<LocalResponse> late = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        handler.set(request -> {
            asked.countDown();
            return late;
        });
        try (RawClient client = proxy.client()) {
            client.get("/");
            asked.await();
        }
        assertThat(proxy.log(1).get(0)).contains("\"status\":499");
        handler.set(ECHO);
        try (RawClient next = proxy.client()) {
            late.complete(LocalResponse.text(200, "late"));
            assertThat(next.get("/next").response().text()).isEqualTo("/next ");
        }
    }

    @Test
    void anAnswerThatNeverComesIsA504() throws Exception {
        CompletableFuture<LocalResponse> never = new CompletableFuture<>();
        handler.set(request -> never);
        try (RawClient client = proxy.client()) {
            assertThat(client.get("/").response().status()).isEqualTo(504);
            handler.set(ECHO);
            never.complete(LocalResponse.text(200, "late"));
            assertThat(client.get("/next").response().text()).isEqualTo("/next ");
        }
    }

    @Test
    void http10ClientsAreServedByTheirRules() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("GET /p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.response().field("connection")).isEqualTo("keep-alive");
            client.send("GET /p HTTP/1.0\r\n\r\n");
            assertThat(client.everything()).contains("Connection: close\r\n").endsWith("\r\n\r\n/p ");
        }
    }
}
