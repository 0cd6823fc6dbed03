// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Authenticators and routers that answer at once, later, too late, never, or fail. */
class DecisionsIT {
    private static final RouteDecision FINE =
            new RouteDecision.Answer("fine", LocalResponse.text(200, "fine").with("X-Fine", "1"));

    private final AtomicReference<Authenticator> authenticator = new AtomicReference<>(Authenticator.ANYONE);
    private final AtomicReference<Router> router = new AtomicReference<>((head, _, principal) -> FINE);
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = ProxyUnderTest.with((head, sender, principal) -> router.get().route(head, sender, principal))
                .quick()
                .authenticator((head, sender) -> authenticator.get().authenticate(head, sender))
                .start();
    }

    @AfterEach
    void stop() {
        proxy.awaitQuiet();
        proxy.close();
    }

    @Test
    void theRouterIsToldWhoItIsAndTheLogToo() throws Exception {
        authenticator.set((head, _) -> new Authenticator.Decision.Granted(new Principal("ann")));
        router.set((head, _, principal) -> new RouteDecision.Answer("who", LocalResponse.text(200, principal.name())));
        try (RawClient client = proxy.client()) {
            assertThat(client.get("/").response().text()).isEqualTo("ann");
        }
        assertThat(proxy.log(1).get(0)).contains("\"principal\":\"ann\"", "\"route\":\"who\"");
    }

    @Test
    void whoeverIsDeniedIsNotRouted() throws Exception {
        authenticator.set((head, _) -> new Authenticator.Decision.Denied(
                LocalResponse.text(401, "who are you").with("WWW-Authenticate", "Basic")));
        router.set((head, _, principal) -> {
            throw new AssertionError("routed");
        });
        try (RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                Response response = client.get("/").response();
                assertThat(response.status()).isEqualTo(401);
                assertThat(response.field("www-authenticate")).isEqualTo("Basic");
            }
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.response().field("connection"))
                    .as("nobody reads the body")
                    .isEqualTo("close");
        }
    }

    @Test
    void aRefusalHasItsNameAndItsReason() throws Exception {
        router.set((head, _, principal) ->
                new RouteDecision.Refuse("gone", ErrorType.DESTINATION_NOT_FOUND, "No application <x> \"here\"."));
        try (RawClient client = proxy.client()) {
            Response json = client.get("/").response();
            assertThat(json.status()).isEqualTo(404);
            assertThat(json.field("content-type")).isEqualTo("application/problem+json");
            assertThat(json.text()).contains("No application <x> \\\"here\\\".", "\"code\":\"destination_not_found\"");
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\n\r\n");
            Response html = client.response();
            assertThat(html.field("content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(html.text()).contains("No application &lt;x&gt; &quot;here&quot;.");
        }
        assertThat(proxy.log(2)).allMatch(line -> line.contains("\"route\":\"gone\""));
    }

    /** RFC 9110 section 10.2.1. */
    @Test
    void aWrongMethodIsToldWhichOnesThisResourceTakes() throws Exception {
        router.set((head, _, principal) -> RouteDecision.Refuse.method("read", "GET, HEAD", "It is only read."));
        try (RawClient client = proxy.client()) {
            client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(405);
            assertThat(Response.fields(response.head(), "allow")).containsExactly("GET, HEAD");
            client.send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(Response.fields(client.response().head(), "allow"))
                    .as("nobody was asked which resource that is")
                    .containsExactly("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
    }

    @Test
    void bothMayTakeTheirTime() throws Exception {
        CompletableFuture<Authenticator.Decision> granted = new CompletableFuture<>();
        CompletableFuture<RouteDecision> routed = new CompletableFuture<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> c.ok(c.body(c.head())));
                RawClient client = proxy.client()) {
            authenticator.set((head, _) -> new Authenticator.Decision.Deferred(granted));
            router.set((head, _, principal) -> new RouteDecision.Deferred(routed));
            client.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
            Thread.sleep(50);
            granted.complete(new Authenticator.Decision.Granted(new Principal("bob")));
            client.send("l");
            Thread.sleep(50);
            routed.complete(new RouteDecision.Deferred(CompletableFuture.completedFuture(
                    new RouteDecision.Forward(ProxyUnderTest.target(upstream.port()), 0))));
            client.send("o");
            assertThat(client.response().text()).isEqualTo("hello");
        }
        assertThat(proxy.log(1).get(0)).contains("\"principal\":\"bob\"", "\"status\":200");
    }

    /** The answer to one request must not wait for the decision on the next. */
    @Test
    void pipelinedLateDecisionsAreAnsweredOneByOne() throws Exception {
        BlockingQueue<CompletableFuture<RouteDecision>> asked = new LinkedBlockingQueue<>();
        router.set((head, _, principal) -> {
            CompletableFuture<RouteDecision> answer = new CompletableFuture<>();
            asked.add(answer);
            return new RouteDecision.Deferred(answer);
        });
        try (RawClient client = proxy.client()) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
            for (int i = 0; i < 3; i++) {
                CompletableFuture<RouteDecision> question = asked.take();
                assertThat(asked).isEmpty();
                question.complete(FINE);
                assertThat(client.response().text()).isEqualTo("fine");
            }
        }
    }

    @Test
    void whateverFailsIsA500() throws Exception {
        RuntimeException defect = new IllegalStateException("secret");
        try (RawClient client = proxy.client()) {
            authenticator.set((head, _) -> {
                throw defect;
            });
            expect500(client);
            authenticator.set((head, _) -> new Authenticator.Decision.Deferred(CompletableFuture.failedFuture(defect)));
            expect500(client);
            authenticator.set(
                    (head, _) -> new Authenticator.Decision.Deferred(CompletableFuture.completedFuture(null)));
            expect500(client);
            authenticator.set(Authenticator.ANYONE);
            router.set((head, _, principal) -> {
                throw defect;
            });
            expect500(client);
            router.set((head, _, principal) -> new RouteDecision.Deferred(CompletableFuture.failedFuture(defect)));
            expect500(client);
            router.set((head, _, principal) -> new RouteDecision.Deferred(CompletableFuture.completedFuture(null)));
            expect500(client);
            // A router that fails only after a late authenticator.
            authenticator.set((head, _) -> new Authenticator.Decision.Deferred(
                    CompletableFuture.completedFuture(new Authenticator.Decision.Granted(Principal.ANONYMOUS))));
            router.set((head, _, principal) -> {
                throw defect;
            });
            expect500(client);
            router.set((head, _, principal) -> FINE);
            assertThat(client.get("/").response().text()).isEqualTo("fine");
        }
        assertThat(proxy.log(8)).hasSize(8);
    }

    private static void expect500(RawClient client) throws Exception {
        Response response = client.get("/").response();
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.text()).doesNotContain("secret", "Exception");
    }

    @Test
    void aDecisionThatNeverComesIsA504() throws Exception {
        CompletableFuture<RouteDecision> never = new CompletableFuture<>();
        router.set((head, _, principal) -> new RouteDecision.Deferred(never));
        try (RawClient client = proxy.client()) {
            assertThat(client.get("/").response().status()).isEqualTo(504);
            router.set((head, _, principal) -> FINE);
            assertThat(client.get("/").response().text()).isEqualTo("fine");
            never.complete(FINE);
            assertThat(client.get("/").response().text()).isEqualTo("fine");
        }
    }

    @Test
    void aDecisionAfterTheClientLeftIsForgotten() throws Exception {
        BlockingQueue<CompletableFuture<RouteDecision>> asked = new LinkedBlockingQueue<>();
        router.set((head, _, principal) -> {
            CompletableFuture<RouteDecision> answer = new CompletableFuture<>();
            asked.add(answer);
            return new RouteDecision.Deferred(answer);
        });
        try (RawClient client = proxy.client()) {
            client.get("/left");
            asked.take().completeAsync(() -> {
                try {
                    client.close();
                    proxy.log(1);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return FINE;
            });
            assertThat(proxy.log(1).get(0)).contains("\"status\":499", "\"path\":\"/left\"");
        }
    }

    @Test
    void aDecisionThatCannotBeWrittenIsA500AndNoHang() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            router.set((head, _, principal) -> new RouteDecision.Forward(ProxyUnderTest.target(upstream.port()), 4000));
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/short").response().status()).isEqualTo(500);
                assertThat(proxy.log(1).get(0)).contains("\"error\":\"proxy_internal_error\"");
            }
        }
    }
}
