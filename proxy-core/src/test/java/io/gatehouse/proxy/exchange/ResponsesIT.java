// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of response that an honest upstream may give, and how it reaches clients of both versions. */
class ResponsesIT {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String GET_10 = "GET /x HTTP/1.0\r\nHost: a\r\n\r\n";
    private static final String EXPECTING =
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // ---- Without a body -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-A: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n"
            })
    void theAnswerToHeadHasNoBodyWhateverItsFieldsSay(String answer) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(answer);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
                Response response = client.headResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.field("x-a")).isEqualTo("1");
                assertThat(response.field("connection")).isNull();
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void theAnswerToHeadKeepsTheLengthOfTheGet() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.headResponse().field("content-length")).isEqualTo("1000");
        }
    }

    @ParameterizedTest
    @CsvSource({"204 No Content,", "304 Not Modified,1000"})
    void statusesWithoutABodyKeepBothConnections(String status, String length) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 " + status + "\r\nContent-Length: 1000\r\nX-A: 1\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(GET);
                Response response = client.response();
                assertThat(response.head()).startsWith("HTTP/1.1 " + status + "\r\n");
                assertThat(response.field("content-length")).isEqualTo(length);
                assertThat(response.field("transfer-encoding")).isNull();
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void chunkedDoesNotGoWithA204() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.answering("HTTP/1.1 204 Gone\r\nTransfer-Encoding: chunked\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET).send(GET);
            assertThat(client.head()).doesNotContain("chunked", "Content-Length");
            assertThat(client.head()).startsWith("HTTP/1.1 204 Gone");
        }
    }

    // ---- Interim --------------------------------------------------------------------------------------------------

    @Test
    void a103PassesBeforeTheAnswer() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: X-B\r\nX-B: 1\r\n\r\n" + OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET);
            assertThat(client.head()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            assertThat(client.response().text()).isEqualTo("ok");
            client.send(GET_10);
            assertThat(client.everything())
                    .as("an HTTP/1.0 client knows no 103")
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nok");
        }
    }

    @Test
    void a100ThatNobodyAskedForIsDropped() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 100 Continue\r\n\r\n" + OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET);
            assertThat(client.response().status()).isEqualTo(200);
            client.send(GET);
            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"16,200,", "17,502,gatehouse; error=http_protocol_error"})
    void sixteenInterimResponsesAreEnough(int interims, int status, String proxyStatus) throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.answering("HTTP/1.1 102 Processing\r\n\r\n".repeat(interims) + OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET);
            for (int i = 0; i < 16; i++) {
                assertThat(client.head()).startsWith("HTTP/1.1 102 ");
            }
            Response response = client.response();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.field("proxy-status")).isEqualTo(proxyStatus);
        }
    }

    @Test
    void a101ThatNobodyAskedForIsA502() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nboo");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=http_upgrade_failed");
        }
    }

    // ---- Expect ---------------------------------------------------------------------------------------------------

    @Test
    void theBodyFollowsThe100() throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    assertThat(head).contains("Expect: 100-continue\r\n");
                    c.send("HTTP/1.1 100 Continue\r\n\r\n");
                    bodies.add(c.body(head));
                    c.send(OK);
                    c.ok(c.head());
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(EXPECTING);
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("hello");
            assertThat(client.response().text()).isEqualTo("ok");
            assertThat(bodies.take()).isEqualTo("hello");
            client.send(GET);
            assertThat(client.response().text()).startsWith("GET /x ");
        }
    }

    @Test
    void aBodyThatDoesNotWaitForThe100PassesToo() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.ok(c.body(c.head()));
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(EXPECTING + "hello");
            assertThat(client.response().text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"417 Expectation Failed", "401 Unauthorized"})
    void anAnswerInsteadOfThe100EndsTheConnection(String status) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno");
                    assertThat(c.untilClosed()).isZero();
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(EXPECTING);
            Response response = client.response();
            assertThat(response.head()).startsWith("HTTP/1.1 " + status);
            assertThat(response.text()).isEqualTo("no");
            assertThat(response.field("connection"))
                    .as("whether the body comes is not certain")
                    .isEqualTo("close");
            // What a client sends that did not wait must not be taken for a request.
            client.send("GET / ");
            assertThat(client.everything()).isEmpty();
            assertThat(upstream.failures()).isEmpty();
        }
    }

    @Test
    void anHttp10ClientCannotExpect() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    heads.add(head);
                    c.ok(c.body(head));
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
            assertThat(client.response().text()).isEqualTo("hi");
            assertThat(heads.take()).doesNotContain("Expect");
        }
    }

    // ---- Framing --------------------------------------------------------------------------------------------------

    @Test
    void anHttp10ClientGetsAChunkedBodyUntilTheConnectionCloses() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                                + "3\r\nabc\r\n3\r\ndef\r\n0\r\nX-T: 1\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.everything())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nConnection: close\r\n")
                    .doesNotContain("chunked", "X-T")
                    .endsWith("\r\n\r\nabcdef");
        }
    }

    @Test
    void anHttp10ClientThatAsksForItKeepsItsConnection() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            assertThat(client.response().field("connection")).isEqualTo("keep-alive");
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.everything())
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("\r\n\r\nok");
        }
    }

    @Test
    void aBodyUntilCloseBecomesChunked() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\n\r\nall of it");
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 1; i <= 2; i++) {
                client.send(GET);
                Response response = client.response();
                assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
                assertThat(response.field("connection")).isNull();
                assertThat(response.text()).isEqualTo("all of it");
                assertThat(upstream.connections()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK|Content-Length: 2|2",
                "HTTP/1.0 200 OK|Connection: keep-alive|1|Content-Length: 2",
                "HTTP/1.1 200 OK|Connection: close|2|Content-Length: 2",
                "HTTP/1.1 200 OK|Connection: x, Close|2|Content-Length: 2",
                "HTTP/1.0 200 OK|X: y|2"
            })
    void anUpstreamConnectionIsKeptWhenTheUpstreamKeepsIt(String row) throws Exception {
        List<String> parts = List.of(row.split("\\|"));
        String second = parts.size() > 3 ? parts.get(3) + "\r\n" : "";
        String answer = parts.get(0) + "\r\n" + parts.get(1) + "\r\n" + second + "\r\nok";
        boolean closes = "2".equals(parts.get(2));
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    do {
                        c.head();
                        c.send(answer);
                    } while (!closes);
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send(GET);
                Response response = client.response();
                assertThat(response.head()).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(response.field("connection"))
                        .as("the client's connection is another matter")
                        .isNull();
                assertThat(response.text()).isEqualTo("ok");
            }
            assertThat(upstream.connections()).isEqualTo(closes ? 2 : 1);
        }
    }

    @Test
    void hopByHopFieldsOfAResponseEndHere() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                                + "Proxy-Connection: x\r\nUpgrade: h2c\r\nTE: x\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET);
            assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n");
        }
    }

    @Test
    void repeatedFieldsPassInOrder() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX: 1\r\nset-cookie: b=2; Path=/\r\nX: 2\r\nSet-Cookie: a=3\r\n"
                                + "Content-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(GET);
            String head = client.head();
            assertThat(Response.fields(head, "set-cookie")).containsExactly("a=1", "b=2; Path=/", "a=3");
            assertThat(Response.fields(head, "x")).containsExactly("1", "2");
        }
    }
}
