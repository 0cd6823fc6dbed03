// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream gets to see of a request: our own request line, framing and forwarding fields, the client's others. */
class RequestHeadsIT {
    /** Answers with the head that it was sent. */
    private ScriptedUpstream mirror;

    private ProxyUnderTest proxy;
    private final AtomicReference<Router> router = new AtomicReference<>();

    @BeforeEach
    void start() throws Exception {
        mirror = new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                c.body(head);
                c.ok(head);
            }
        });
        router.set(ProxyUnderTest.allTo(mirror.port()));
        proxy = new ProxyUnderTest((head, sender, principal) -> router.get().route(head, sender, principal));
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        mirror.close();
    }

    private String seenOf(String request) throws Exception {
        try (RawClient client = proxy.client()) {
            Response response = client.send(request).response();
            assertThat(response.status()).as(response.text()).isEqualTo(200);
            return response.text();
        }
    }

    private void route(int stripped, Function<ForwardTarget, ForwardTarget> change) {
        ForwardTarget target = change.apply(ProxyUnderTest.target(mirror.port()));
        router.set((head, _, principal) -> new RouteDecision.Forward(target, stripped));
    }

    // ---- Forwarding fields ----------------------------------------------------------------------------------------

    @Test
    void forwardingFieldsAreReplacedAndNeverAdded() throws Exception {
        route(0, target -> target.withPublicPrefix("/sparkui/x"));
        String head = seenOf("""
                GET / HTTP/1.1
                Host: example.org:4040
                X-Forwarded-For: 6.6.6.6
                x-forwarded-for: 7.7.7.7
                X-Forwarded-Host: evil
                X-Forwarded-Proto: gopher
                X-Forwarded-Port: 1
                X-Forwarded-Prefix: /evil
                X-Forwarded-Context: /evil
                x-FORWARDED-context: /evil2
                Forwarded: for=6.6.6.6
                X-Real-IP: 6.6.6.6

                """.replace("\n", "\r\n"));
        assertThat(Response.fields(head, "host")).containsExactly("example.org:4040");
        assertThat(Response.fields(head, "x-forwarded-for")).containsExactly("127.0.0.1");
        assertThat(Response.fields(head, "x-forwarded-host")).containsExactly("example.org:4040");
        assertThat(Response.fields(head, "x-forwarded-proto")).containsExactly("http");
        assertThat(Response.fields(head, "x-forwarded-context")).containsExactly("/sparkui/x");
        assertThat(head).doesNotContain("evil", "6.6.6.6", "Forwarded: for", "X-Forwarded-Port", "X-Real-IP");
    }

    @Test
    void withoutAPublicPrefixThereIsNoContextAtAll() throws Exception {
        assertThat(seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Context: /evil\r\n\r\n"))
                .doesNotContain("X-Forwarded-Context");
    }

    @Test
    void anHttp10RequestWithoutHostGetsTheUpstreams() throws Exception {
        String head = seenOf("GET /p HTTP/1.0\r\n\r\n");
        assertThat(head).startsWith("GET /p HTTP/1.1\r\nHost: 127.0.0.1:" + mirror.port() + "\r\n");
        assertThat(head).doesNotContain("X-Forwarded-Host");
    }

    @Test
    void absoluteFormBecomesAPath() throws Exception {
        assertThat(seenOf("GET http://example.org/a?b HTTP/1.1\r\nHost: example.org\r\n\r\n"))
                .startsWith("GET /a?b HTTP/1.1\r\nHost: example.org\r\n");
    }

    @Test
    void aRequestIdIsKeptWhereItIsAPlainWordAndMadeOtherwise() throws Exception {
        assertThat(Response.fields(
                        seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a-b.C_1\r\n\r\n"), "x-request-id"))
                .containsExactly("a-b.C_1");
        for (String bad : List.of("", "a b", "\"", "<script>", "a".repeat(129), "ä")) {
            String head = seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + bad + "\r\n\r\n");
            assertThat(Response.fields(head, "x-request-id")).hasSize(1).allMatch(id -> id.matches("[0-9a-f]{16}"));
        }
        String twice = seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\nX-Request-Id: two\r\n\r\n");
        assertThat(Response.fields(twice, "x-request-id")).containsExactly("one");
    }

    @Test
    void viaIsAddedAndAStrangersViaPasses() throws Exception {
        String head = seenOf("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 edge\r\n\r\n");
        List<String> via = Response.fields(head, "via");
        assertThat(via).hasSize(2);
        assertThat(via.get(0)).isEqualTo("1.1 edge");
        assertThat(via.get(1)).matches("1\\.1 gatehouse-[0-9a-f]{8}");
    }

    @Test
    void aRequestThatCameBackIsALoop() throws Exception {
        String own = Response.fields(seenOf("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "via")
                .get(0);
        try (RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 x, " + own + "\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=proxy_loop_detected");
        }
    }

    @Test
    void aProxyThatRoutesToItselfNoticesAtOnce() throws Exception {
        router.set(ProxyUnderTest.allTo(proxy.address().getPort()));
        try (RawClient client = proxy.client()) {
            assertThat(client.get("/").response().field("proxy-status"))
                    .isEqualTo("gatehouse; error=proxy_loop_detected");
        }
        assertThat(mirror.connections()).isZero();
    }

    // ---- Fields of this hop ---------------------------------------------------------------------------------------

    @Test
    void hopByHopFieldsAndWhatConnectionNamesEndHere() throws Exception {
        String head = seenOf("""
                GET / HTTP/1.1
                Host: a
                Connection: close, X-One ,x-two
                Connection: Cookie
                Keep-Alive: timeout=5
                Proxy-Connection: keep-alive
                Proxy-Authorization: Basic x
                TE: trailers
                X-One: 1
                X-Two: 2
                Cookie: c=1
                X-Three: 3

                """.replace("\n", "\r\n"));
        assertThat(head).contains("\r\nX-Three: 3\r\n");
        assertThat(head)
                .doesNotContain("X-One", "X-Two", "Cookie", "Keep-Alive", "Connection", "Proxy-", "TE:", "trailers");
    }

    @Test
    void connectionCannotTakeAwayWhatIsOurs() throws Exception {
        String head = seenOf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                + "Connection: Host, Content-Length, X-Forwarded-For, Via, X-Request-Id\r\n\r\nhi");
        assertThat(head)
                .contains("Host: a\r\n", "Content-Length: 2\r\n", "X-Forwarded-For: 127", "Via: ", "X-Request-Id");
    }

    @Test
    void anH2cUpgradeIsNotPassedOn() throws Exception {
        assertThat(seenOf("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"))
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("settings")
                .doesNotContain("Connection");
    }

    @Test
    void repeatedFieldsPassInOrder() throws Exception {
        String head =
                seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nCookie: a=1\r\nx-a: 2\r\nCookie: b=2\r\nX-A:\r\n\r\n");
        assertThat(Response.fields(head, "x-a")).containsExactly("1", "2", "");
        assertThat(Response.fields(head, "cookie")).containsExactly("a=1", "b=2");
    }

    @Test
    void aMethodThatExpectsContentSaysThatThereIsNone() throws Exception {
        assertThat(seenOf("POST / HTTP/1.1\r\nHost: a\r\n\r\n")).contains("Content-Length: 0\r\n");
        assertThat(seenOf("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n")).doesNotContain("Content-Length");
    }

    // ---- Methods --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get"})
    void methodsPassAsTheyCame(String method) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send(method + " /m HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = method.equals("HEAD") ? client.headResponse() : client.response();
            assertThat(response.status()).isEqualTo(200);
            if (!method.equals("HEAD")) {
                assertThat(response.text()).startsWith(method + " /m HTTP/1.1\r\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE / HTTP/1.1,405,true",
        "CONNECT example.org:443 HTTP/1.1,405,false",
        "OPTIONS * HTTP/1.1,204,true",
        "GET * HTTP/1.1,400,false",
        "GET /a/../b HTTP/1.1,400,false",
        "GET / HTTP/1.2,505,false",
        "GET http://other/ HTTP/1.1,400,false"
    })
    void whatNoUpstreamSees(String requestLine, int status, boolean kept) throws Exception {
        try (RawClient client = proxy.client()) {
            client.send(requestLine + "\r\nHost: example.org\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(status);
            if (kept) {
                assertThat(client.get("/next").response().text()).startsWith("GET /next");
            } else {
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(client.isClosedByPeer()).isTrue();
            }
        }
        proxy.awaitQuiet();
    }

    // ---- Paths ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "/sparkui/x,/",
        "/sparkui/x/,/",
        "/sparkui/x?a=b,/?a=b",
        "/sparkui/x/?a=b,/?a=b",
        "/sparkui/x/jobs/?id=1&x=%2F,/jobs/?id=1&x=%2F",
        "/sparkui/x//jobs,//jobs",
        "/sparkui/x/%41%25,/%41%25"
    })
    void thePublicPrefixIsStripped(String target, String seen) throws Exception {
        route("/sparkui/x".length(), target1 -> target1.withPublicPrefix("/sparkui/x"));
        assertThat(seenOf("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("GET " + seen + " HTTP/1.1\r\n");
        assertThat(seenOf("GET http://a" + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("GET " + seen + " HTTP/1.1\r\n");
    }

    @Test
    void theUpstreamsOwnPrefixIsPutInItsPlace() throws Exception {
        route(
                "/sparkui/x".length(),
                target -> target.withPublicPrefix("/sparkui/x").withPathPrefix("/base"));
        assertThat(seenOf("GET /sparkui/x/jobs HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("GET /base/jobs HTTP/1.1\r\n");
        assertThat(seenOf("GET /sparkui/x HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("GET /base/ HTTP/1.1\r\n");
    }

    @Test
    void noForwardedFieldOfTheClientsReachesTheUpstream() throws Exception {
        assertThat(seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-User: root\r\nx-forwarded-GROUPS: all\r\n"
                        + "X-Forwarded: 1\r\nX-Forwardedness: 2\r\n\r\n"))
                .doesNotContainIgnoringCase("X-Forwarded-User", "X-Forwarded-Groups")
                .contains("X-Forwarded: 1\r\n", "X-Forwardedness: 2\r\n");
    }

    /** Some servers take the path, or the host, from these in place of the request line. */
    @Test
    void noFieldThatRoutesBesideTheRequestLineReachesTheUpstream() throws Exception {
        assertThat(seenOf("GET / HTTP/1.1\r\nHost: a\r\nX-Original-URL: /b\r\nx-rewrite-url: /c\r\n"
                        + "X-Original-Host: d\r\nX-Originality: e\r\nX-Rewritten: f\r\n\r\n"))
                .doesNotContainIgnoringCase("X-Original-", "X-Rewrite-")
                .contains("X-Originality: e\r\n", "X-Rewritten: f\r\n");
    }

    @Test
    void aConnectionFieldThatNamesTooMuchIsRefused() throws Exception {
        String options = "a,b,c,d,e,f,g,h,";
        assertThat(seenOf("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + options + options + "\r\n\r\n"))
                .startsWith("GET / ");
        try (RawClient client = proxy.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: " + options + "\r\nConnection: " + options + "q\r\n\r\n");
            assertThat(client.response().text()).contains("Connection");
        }
    }
}
