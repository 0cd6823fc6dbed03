// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.ScriptedUpstream.Script;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Upstreams that fail at every place. What has not begun is a 502 or 504 with its name; what has begun is cut so that the
 * client sees it; nothing is answered twice or with a byte too many.
 */
class UpstreamFaultsIT {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String GET_10 = "GET /x HTTP/1.0\r\nHost: a\r\n\r\n";

    /** How an upstream ends a connection. */
    enum End {
        CLOSE {
            @Override
            void end(ScriptedUpstream.Connection connection) throws Exception {
                connection.socket().close();
            }
        },
        RESET {
            @Override
            void end(ScriptedUpstream.Connection connection) throws Exception {
                // What is on its way must arrive: a reset overtakes it.
                Thread.sleep(50);
                connection.reset();
            }
        };

        abstract void end(ScriptedUpstream.Connection connection) throws Exception;
    }

    private static Script sendingThen(String bytes, End end) {
        return c -> {
            c.head();
            if (!bytes.isEmpty()) {
                c.send(bytes);
            }
            end.end(c);
        };
    }

    private static void expectError(String request, Script script, int status, String error) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            try (RawClient client = proxy.client()) {
                Response response = client.send(request).response();
                assertThat(response.status()).isEqualTo(status);
                assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=" + error);
                assertThat(response.field("connection"))
                        .as("the client is not to blame, its connection lives on")
                        .isNull();
                assertThat(proxy.count("gatehouse.upstream.errors", "reason", error))
                        .isEqualTo(1);
                assertThat(proxy.log(1).get(0))
                        .contains("\"status\":" + status, "\"error\":\"" + error + "\"")
                        .containsPattern("\"detail\":\"[^\"]");
            }
            proxy.awaitQuiet();
            ProxyUnderTest.patiently()
                    .untilAsserted(
                            () -> assertThat(openUpstreamConnections(proxy)).isZero());
        }
    }

    private static double openUpstreamConnections(ProxyUnderTest proxy) {
        return proxy.registry().get("gatehouse.upstream.connections").gauge().value();
    }

    // ---- Before the response --------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(End.class)
    void endBeforeTheHead(End end) throws Exception {
        expectError(GET, sendingThen("", end), 502, "connection_terminated");
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void endWithinTheHead(End end) throws Exception {
        expectError(GET, sendingThen("HTTP/1.1 200 OK\r\nContent-Le", end), 502, "connection_terminated");
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void endAfterAnInterimResponse(End end) throws Exception {
        expectError(GET, sendingThen("HTTP/1.1 100 Continue\r\n\r\n", end), 502, "connection_terminated");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0001\u0002",
                "SSH-2.0-OpenSSH_9\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/1.1 099 Low\r\n\r\n",
                "HTTP/1.1 999 High\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
                "<html>no head at all</html>\r\n"
            })
    void garbage(String bytes) throws Exception {
        expectError(
                GET,
                c -> {
                    c.head();
                    c.send(bytes);
                    c.untilClosed();
                },
                502,
                "http_protocol_error");
    }

    @Test
    void headerFlood() throws Exception {
        expectError(
                GET,
                sendingThen("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(101) + "\r\n", End.CLOSE),
                502,
                "http_response_header_section_size");
    }

    @Test
    void tooLargeHead() throws Exception {
        expectError(
                GET,
                c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nX: ");
                    c.send("y".repeat(1 << 20));
                },
                502,
                "http_response_header_section_size");
    }

    @Test
    void silence() throws Exception {
        expectError(
                GET,
                c -> {
                    c.head();
                    c.untilClosed();
                },
                504,
                "http_response_timeout");
    }

    @Test
    void aHeadThatDrips() throws Exception {
        expectError(
                GET,
                c -> {
                    c.head();
                    for (char b : ("HTTP/1.1 200 OK\r\nX: " + "y".repeat(1000)).toCharArray()) {
                        c.send(String.valueOf(b));
                        Thread.sleep(50);
                    }
                },
                504,
                "http_response_timeout");
    }

    @Test
    void silenceAfterExpectIsTheUpstreamsFault() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.Connection::untilClosed);
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=http_response_timeout");
        }
    }

    @Test
    void anUpstreamThatDoesNotTakeTheRequest() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> Thread.sleep(10_000));
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        client.send(new byte[1 << 16]);
                    }
                } catch (Exception cut) {
                    // as it must be
                }
            });
            Response response = client.response();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_write_timeout");
            assertThat(response.field("connection")).isEqualTo("close");
            client.close();
            sender.join();
            proxy.awaitQuiet();
        }
    }

    // ---- Within the response --------------------------------------------------------------------------------------

    /** Framings that tell a short body, each with less than it announces. */
    private static String shortBody(String framing) {
        return switch (framing) {
            case "length" -> "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
            case "chunk" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc";
            case "chunk-end" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc";
            case "between-chunks" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
            case "size" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1";
            case "last-chunk" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n";
            case "trailers" -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n";
            default -> throw new IllegalArgumentException(framing);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "length,CLOSE",
        "length,RESET",
        "chunk,CLOSE",
        "chunk,RESET",
        "chunk-end,CLOSE",
        "between-chunks,CLOSE",
        "size,CLOSE",
        "last-chunk,CLOSE",
        "trailers,CLOSE",
        "trailers,RESET"
    })
    void aCutBodyIsCutForTheClientToo(String framing, End end) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(sendingThen(shortBody(framing), end));
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            for (String request : new String[] {GET, GET_10}) {
                try (RawClient client = proxy.client()) {
                    String answer = client.send(request).everything();
                    assertThat(answer).as(request).endsWith(RawClient.RESET).doesNotContain("\r\n0\r\n");
                }
            }
            assertThat(proxy.log(2)).allMatch(line -> line.contains("\"error\":\"http_response_incomplete\""));
            assertThat(proxy.count("gatehouse.upstream.errors", "reason", "http_response_incomplete"))
                    .isEqualTo(2);
            proxy.awaitQuiet();
        }
    }

    @Test
    void aResetEndsABodyUntilCloseNotWell() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(sendingThen("HTTP/1.1 200 OK\r\n\r\nabc", End.RESET));
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            for (String request : new String[] {GET, GET_10}) {
                try (RawClient client = proxy.client()) {
                    assertThat(client.send(request).everything())
                            .endsWith(RawClient.RESET)
                            .doesNotContain("\r\n0\r\n");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nno trailer\r\n\r\n"
            })
    void aBrokenChunkIsACut(String answer) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(answer);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            for (String request : new String[] {GET, GET_10}) {
                try (RawClient client = proxy.client()) {
                    assertThat(client.send(request).everything())
                            .endsWith(RawClient.RESET)
                            .doesNotContain("\r\n0\r\n");
                }
            }
            assertThat(proxy.log(2)).allMatch(line -> line.contains("\"error\":\"http_protocol_error\""));
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\r\na\r\n"})
    void aStallWithinTheBodyIsACut(String first) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + first);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            try (RawClient client = proxy.client()) {
                assertThat(client.send(GET).everything())
                        .endsWith(RawClient.RESET)
                        .doesNotContain("\r\n0\r\n");
            }
            assertThat(proxy.log(1).get(0)).contains("\"error\":\"connection_read_timeout\"");
            proxy.awaitQuiet();
        }
    }

    /** Bytes of framing are no progress: an upstream cannot keep an exchange open with them. */
    @Test
    void aDripOfChunkExtensionIsAStall() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
                    for (int i = 0; i < 200; i++) {
                        c.send("x");
                        Thread.sleep(50);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).everything()).endsWith(RawClient.RESET);
            assertThat(proxy.log(1).get(0)).contains("\"error\":\"connection_read_timeout\"");
        }
    }

    @Test
    void aDripOfBodyIsProgress() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                    for (char b : "hello".toCharArray()) {
                        Thread.sleep(500);
                        c.send(String.valueOf(b));
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("hello");
        }
    }

    // ---- Too much -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"x", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"})
    void whatComesBehindAResponseReachesNobody(String surplus) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    connections.incrementAndGet();
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst" + surplus);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 1; i <= 3; i++) {
                Response response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("first");
                assertThat(connections.get()).isEqualTo(i);
            }
        }
    }

    /** An upstream that announces the end of its connection and does not end it answers nothing more on it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst",
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
            })
    void aConnectionWhoseEndWasAnnouncedIsNotUsedAgain(String answer) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        c.send(answer);
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 1; i <= 3; i++) {
                assertThat(client.send(GET).response().text()).isEqualTo("first");
                assertThat(upstream.connections()).isEqualTo(i);
            }
        }
    }

    @Test
    void whatComesOnARestingConnectionReachesNobody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.ok("first");
                    Thread.sleep(50);
                    c.ok("late");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("first");
            ProxyUnderTest.patiently()
                    .untilAsserted(
                            () -> assertThat(openUpstreamConnections(proxy)).isZero());
            assertThat(client.send(GET).response().text()).isEqualTo("first");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void aBodyBehindHeadOr204ReachesNobody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    c.send(
                            head.startsWith("HEAD")
                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
                                    : "HTTP/1.1 204 No Content\r\n\r\nabc");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                client.send(GET);
                assertThat(client.head()).startsWith("HTTP/1.1 204");
            }
        }
    }

    // ---- Early answers --------------------------------------------------------------------------------------------

    @Test
    void anAnswerThatDoesNotWaitForTheBodyIsNotLostToTheResetBehindIt() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
                    // Closing with bytes unread resets the connection.
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
                    Thread sender = Thread.startVirtualThread(() -> {
                        try {
                            for (int sent = 0; sent < 8_000_000; sent += 100_000) {
                                client.send(new byte[100_000]);
                            }
                        } catch (Exception cut) {
                            // it may be
                        }
                    });
                    Response response = client.response();
                    assertThat(response.status()).as("try %d", i).isEqualTo(413);
                    assertThat(response.text()).isEqualTo("big");
                    sender.join();
                }
            }
            proxy.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"})
    void aFallbackThatFailsIsA500AndLeavesNobodyWaiting(String answer) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(sendingThen(answer, End.CLOSE))) {
            ForwardTarget target = ProxyUnderTest.target(upstream.port())
                    .withFallback((_, _) -> {
                        throw new IllegalStateException("a defect of the test");
                    })
                    .withFallbackOnGatewayErrors();
            try (ProxyUnderTest proxy = ProxyUnderTest.quick((_, _, _) -> new RouteDecision.Forward(target, 0));
                    RawClient client = proxy.client()) {
                assertThat(client.send(GET).response().status()).isEqualTo(500);
            }
        }
    }

    // ---- Retries --------------------------------------------------------------------------------------------------

    /** Answers the first request of a connection; what it does with the second is the script's. */
    private static Script secondRequest(AtomicInteger requests, Script second) {
        return c -> {
            String head = c.head();
            requests.incrementAndGet();
            c.body(head);
            c.ok("first of " + c.number());
            if (c.number() > 1) {
                c.untilClosed();
                return;
            }
            head = c.head();
            requests.incrementAndGet();
            c.body(head);
            second.run(c);
        };
    }

    @ParameterizedTest
    @CsvSource({"GET,CLOSE", "GET,RESET", "HEAD,CLOSE"})
    void aSafeRequestIsRepeatedOnceWhereAKeptConnectionClosedSilently(String method, End end) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(secondRequest(requests, end::end));
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .quick()
                        .loops(1)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("first of 1");
            client.send(method + " /x HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(requests.get()).isEqualTo(3);
            assertThat(proxy.count("gatehouse.upstream.retries")).isEqualTo(1);
            assertThat(proxy.count("gatehouse.upstream.errors")).isZero();
            assertThat(proxy.log(2).get(1)).contains("\"attempts\":2", "\"status\":200");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
                "POST /x HTTP/1.1\r\nHost: a\r\n\r\n",
                "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
                "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
            })
    void whatMustNotBeRepeatedReachesTheUpstreamOnce(String request) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(secondRequest(requests, End.CLOSE::end));
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .quick()
                        .loops(1)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("first of 1");
            Response response = client.send(request).response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_terminated");
            assertThat(requests.get()).isEqualTo(2);
            assertThat(proxy.count("gatehouse.upstream.retries")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n"})
    void aRequestThatWasAnsweredWithAByteIsNotRepeated(String bytes) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(secondRequest(requests, c -> c.send(bytes)));
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .quick()
                        .loops(1)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("first of 1");
            assertThat(client.send(GET).response().status()).isEqualTo(502);
            assertThat(requests.get()).isEqualTo(2);
        }
    }

    @Test
    void aFreshConnectionThatClosesSilentlyIsNotTriedAgain() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    requests.incrementAndGet();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(502);
            assertThat(requests.get()).isEqualTo(1);
        }
    }

    @Test
    void theSecondAttemptIsTheLast() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    requests.incrementAndGet();
                    if (c.number() == 1) {
                        c.ok("first");
                        c.head();
                        requests.incrementAndGet();
                    }
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .quick()
                        .loops(1)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("first");
            assertThat(client.send(GET).response().status()).isEqualTo(502);
            assertThat(requests.get()).isEqualTo(3);
            assertThat(proxy.count("gatehouse.upstream.retries")).isEqualTo(1);
            assertThat(proxy.count("gatehouse.upstream.errors")).isEqualTo(1);
        }
    }

    // ---- The log --------------------------------------------------------------------------------------------------

    @Test
    void whatWasWrongStandsInTheLineOfItsOwnRequest() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (c.head().contains("/good")) {
                        c.ok("good");
                    }
                    c.send("rubbish\r\n");
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            String bad = GET.replace("/x", "/bad");
            String good = GET.replace("/x", "/good");
            client.send(bad + good);
            assertThat(client.response().status()).isEqualTo(502);
            assertThat(client.response().text()).isEqualTo("good");
            assertThat(proxy.log(2).get(0)).contains("\"path\":\"/bad\"", "\"detail\":\"no status line\"");
            assertThat(proxy.log(2).get(1)).contains("\"path\":\"/good\"").doesNotContain("detail");
        }
    }
}
