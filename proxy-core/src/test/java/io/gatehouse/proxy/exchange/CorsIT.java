// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.CorsRules;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.EventStream;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which other sites' scripts read what comes through, by the CORS protocol of WHATWG Fetch. */
class CorsIT {
    private static final String PORTAL = "https://portal.example.com";
    private static final CorsRules RULES = CorsRules.of(
            List.of(PORTAL, "http://localhost:3000"),
            List.of("POST"),
            List.of("Authorization", "Content-Type"),
            List.of("Gatehouse-Incomplete"),
            true,
            Duration.ofMinutes(5));
    private static final CorsRules ANYBODY =
            CorsRules.of(List.of("*"), List.of(), List.of("*"), List.of(), false, Duration.ZERO);
    private static final String ASKS = "Access-Control-Request-Method: DELETE\r\n";

    /** Says itself that everybody may read it. */
    private ScriptedUpstream upstream;

    private final AtomicInteger forwarded = new AtomicInteger();
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream(c -> {
            while (true) {
                c.body(c.head());
                forwarded.incrementAndGet();
                c.send("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept-Encoding\r\n"
                        + "Access-Control-Allow-Credentials: true\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        RouteDecision forward = new RouteDecision.Forward(ProxyUnderTest.target(upstream.port()), 0);
        RouteDecision page = new RouteDecision.Answer("page", LocalResponse.text(200, "page"));
        RouteDecision error = new RouteDecision.Refuse("error", ErrorType.DESTINATION_NOT_FOUND, "");
        proxy = new ProxyUnderTest((head, client, principal) -> switch (head.path()) {
            case "/page" -> page;
            case "/events" -> new RouteDecision.Events("events", new OneEvent());
            case "/error" -> error;
            default -> forward;
        });
        use(RULES);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private void use(CorsRules rules) {
        proxy.listener()
                .guard(Boundary.OPEN
                        .withCors(rules)
                        .withResponses(ResponseRules.of(List.of(new LocalResponse.Field("X-Team", "data")), "")));
    }

    private String head(String method, String path, String fields) throws Exception {
        try (RawClient client = proxy.client()) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: gate.example\r\n" + fields + "\r\n")
                    .response()
                    .head();
        }
    }

    private static String origin(String origin) {
        return "Origin: " + origin + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page", "/error", "/events"})
    void anOriginOfTheListMayReadWhateverComes(String path) throws Exception {
        String head = head("GET", path, origin(PORTAL));
        assertThat(Response.fields(head, "access-control-allow-origin")).containsExactly(PORTAL);
        assertThat(Response.fields(head, "access-control-allow-credentials")).containsExactly("true");
        assertThat(Response.fields(head, "access-control-expose-headers")).containsExactly("Gatehouse-Incomplete");
        assertThat(Response.fields(head, "vary")).contains("Origin");
        assertThat(Response.fields(head, "x-team")).containsExactly("data");
    }

    @Test
    void theWordOfTheUpstreamCountsForNothingAndItsVaryStays() throws Exception {
        String head = head("GET", "/", "");
        assertThat(head).doesNotContainIgnoringCase("access-control");
        assertThat(Response.fields(head, "vary")).containsExactly("Accept-Encoding", "Origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "*",
                "https://portal.example.com.evil.example",
                "https://evilportal.example.com",
                "https://evil.example/https://portal.example.com",
                "https://evil.example,https://portal.example.com",
                "https://portal.example.com, https://evil.example",
                "https://portal.example.com https://evil.example",
                "https://portal.example.com/",
                "https://portal.example.com:443",
                "https://portal.example.com:8443",
                "https://portal.example.com.",
                "https://PORTAL.example.com",
                "HTTPS://portal.example.com",
                "http://portal.example.com",
                "portal.example.com",
                "//portal.example.com",
                "https://user@portal.example.com",
                "https://portal.example.co",
                "https://portal_example.com",
                "https://portalxexample.com",
                "http://localhost",
                "http://localhost:30000",
                "http://gate.example"
            })
    void noOtherOriginIsAllowedOrRepeated(String hostile) throws Exception {
        for (String path : List.of("/", "/page", "/events")) {
            String head = head("GET", path, origin(hostile));
            assertThat(head).doesNotContainIgnoringCase("access-control");
            assertThat(Response.fields(head, "vary")).contains("Origin");
        }
        String preflight = head("OPTIONS", "/", origin(hostile) + ASKS);
        assertThat(preflight).startsWith("HTTP/1.1 403").doesNotContainIgnoringCase("access-control");
    }

    @Test
    void twoOriginsAreNone() throws Exception {
        String head = head("GET", "/", origin(PORTAL) + origin("https://evil.example"));
        assertThat(head).doesNotContainIgnoringCase("access-control");
        assertThat(head("GET", "/", origin(PORTAL) + origin(PORTAL))).doesNotContainIgnoringCase("access-control");
    }

    @Test
    void aPreflightIsAnsweredHereAndNeverPassedOn() throws Exception {
        String head = head("OPTIONS", "/any", origin(PORTAL) + ASKS);
        assertThat(head).startsWith("HTTP/1.1 204");
        assertThat(Response.fields(head, "access-control-allow-origin")).containsExactly(PORTAL);
        assertThat(Response.fields(head, "access-control-allow-methods")).containsExactly("GET, HEAD, POST");
        assertThat(Response.fields(head, "access-control-allow-headers"))
                .containsExactly("Authorization, Content-Type");
        assertThat(Response.fields(head, "access-control-max-age")).containsExactly("300");
        assertThat(Response.fields(head, "access-control-allow-credentials")).containsExactly("true");
        assertThat(Response.fields(head, "vary")).containsExactly("Origin");
        assertThat(head("OPTIONS", "/", origin("https://evil.example") + ASKS)).startsWith("HTTP/1.1 403");
        assertThat(forwarded).hasValue(0);
    }

    @Test
    void anOptionsThatIsNoPreflightIsPassedOn() throws Exception {
        assertThat(head("OPTIONS", "/", origin(PORTAL))).startsWith("HTTP/1.1 200");
        assertThat(head("OPTIONS", "/", ASKS)).startsWith("HTTP/1.1 200");
        assertThat(forwarded).hasValue(2);
    }

    @Test
    void aPreflightNeedsNoSignInBecauseBrowsersSendNoneWithIt() throws Exception {
        try (ProxyUnderTest closed = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .authenticator((head, client) -> new Authenticator.Decision.Denied(LocalResponse.empty(401)))
                        .start();
                RawClient client = closed.client()) {
            closed.listener().guard(Boundary.OPEN.withCors(RULES));
            String preflight = client.send(
                            "OPTIONS / HTTP/1.1\r\nHost: gate.example\r\n" + origin(PORTAL) + ASKS + "\r\n")
                    .response()
                    .head();
            Response get = client.send("GET / HTTP/1.1\r\nHost: gate.example\r\n" + origin(PORTAL) + "\r\n")
                    .response();
            assertThat(preflight).startsWith("HTTP/1.1 204");
            assertThat(get.status()).isEqualTo(401);
        }
    }

    @Test
    void everybodyReadsWithoutCredentialsAndTheSameForAll() throws Exception {
        use(ANYBODY);
        for (String origin : List.of("", origin("null"), origin("https://evil.example"))) {
            String head = head("GET", "/", origin);
            assertThat(Response.fields(head, "access-control-allow-origin")).containsExactly("*");
            assertThat(Response.fields(head, "vary")).containsExactly("Accept-Encoding");
            assertThat(head).doesNotContainIgnoringCase("credentials");
        }
        String preflight = head("OPTIONS", "/", origin("https://evil.example") + ASKS);
        assertThat(Response.fields(preflight, "access-control-allow-methods")).containsExactly("GET, HEAD");
        assertThat(Response.fields(preflight, "access-control-allow-headers")).containsExactly("*");
    }

    @Test
    void everybodyMayNotHaveMore() {
        assertThatThrownBy(() -> CorsRules.of(List.of("*"), List.of(), List.of(), List.of(), true, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> CorsRules.of(List.of("*"), List.of("POST"), List.of(), List.of(), false, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutRulesNothingIsSaidOfOrigins() throws Exception {
        use(CorsRules.NONE);
        assertThat(head("GET", "/", origin(PORTAL)))
                .doesNotContainIgnoringCase("access-control")
                .doesNotContain("Vary: Origin");
        assertThat(head("OPTIONS", "/", origin(PORTAL) + ASKS)).startsWith("HTTP/1.1 200");
        assertThat(forwarded).hasValue(2);
    }

    /** Tells one thing and ends. */
    private static final class OneEvent implements EventStream {
        private boolean told;

        @Override
        public void open(Runnable wake) {
            wake.run();
        }

        @Override
        public void next(ByteBuf out) {
            if (!told) {
                told = true;
                out.writeCharSequence("data: x\n\n", StandardCharsets.US_ASCII);
            }
        }

        @Override
        public boolean isOver() {
            return told;
        }

        @Override
        public void close() {
            told = true;
        }
    }
}
