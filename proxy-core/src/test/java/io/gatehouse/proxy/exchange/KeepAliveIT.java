// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long connections live, on both sides, and how they end: by the rules, by deadline, by draining. */
class KeepAliveIT {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** Answers with the body of the request. */
    private static ScriptedUpstream echo() throws Exception {
        return new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                c.ok(c.body(head).replaceAll("\r\n", "|"));
            }
        });
    }

    // ---- Rules ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1,,true",
        "HTTP/1.1,close,false",
        "HTTP/1.1,'X, CLOSE',false",
        "HTTP/1.1,keep-alive,true",
        "HTTP/1.0,,false",
        "HTTP/1.0,keep-alive,true",
        "HTTP/1.0,'keep-alive, close',false"
    })
    void theClientSaysWhetherItsConnectionLives(String version, String connection, boolean lives) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            String field = connection == null ? "" : "Connection: " + connection + "\r\n";
            client.send("GET / " + version + "\r\nHost: a\r\n" + field + "\r\n");
            Response response = client.response();
            assertThat(response.text()).isEqualTo("ok");
            if (lives) {
                assertThat(response.field("connection")).isNotEqualTo("close");
                assertThat(client.send(GET).response().text()).isEqualTo("ok");
            } else {
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(client.everything()).isEmpty();
                proxy.awaitQuiet();
            }
        }
    }

    @Test
    void pipelinedBodiesDoNotMix() throws Exception {
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                requests.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\n");
                if (i % 3 == 0) {
                    requests.append("Transfer-Encoding: chunked\r\n\r\n2\r\n%02d\r\n0\r\n\r\n".formatted(i));
                } else if (i % 3 == 1) {
                    requests.append("Content-Length: 2\r\n\r\n%02d".formatted(i));
                } else {
                    requests.append("Content-Length: 0\r\n\r\n");
                }
            }
            client.send(requests.toString());
            for (int i = 0; i < 30; i++) {
                String wanted = i % 3 == 0 ? "2|%02d|0||".formatted(i) : i % 3 == 1 ? "%02d".formatted(i) : "";
                assertThat(client.response().text()).isEqualTo(wanted);
            }
            proxy.log(30);
        }
    }

    /** Cut at every byte: nothing may depend on what arrives together. */
    @Test
    void pipelinedBodiesCutAnywhere() throws Exception {
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()))) {
            String requests = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
                    + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nho" + GET;
            for (int cut = 1; cut < requests.length(); cut += 2) {
                try (RawClient client = proxy.client()) {
                    client.send(requests.substring(0, cut));
                    Thread.sleep(2);
                    client.send(requests.substring(cut));
                    assertThat(client.response().text()).as("cut at %d", cut).isIn("2|hi|0||", "1|h|1|i|0||");
                    assertThat(client.response().text()).isEqualTo("ho");
                    assertThat(client.response().text()).isEmpty();
                }
            }
            proxy.awaitQuiet();
        }
    }

    @Test
    void anAnswerCutAnywhereIsTheSame() throws Exception {
        String answer =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n1;x=\"y\"\r\n!\r\n0\r\nX-T: 1\r\n\r\n";
        AtomicInteger cut = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        c.send(answer.substring(0, cut.get()));
                        Thread.sleep(2);
                        c.send(answer.substring(cut.get()));
                    }
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            for (int at = 1; at < answer.length(); at++) {
                cut.set(at);
                Response response = client.send(GET).response();
                assertThat(response.text()).isEqualTo("hello!");
                assertThat(response.trailers()).containsExactly("X-T: 1");
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    // ---- Deadlines ------------------------------------------------------------------------------------------------

    @Test
    void anIdleClientConnectionIsClosedWithoutAWord() throws Exception {
        DownstreamTimeouts timeouts = new DownstreamTimeouts(
                Duration.ofSeconds(5),
                Duration.ofMillis(400),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                1,
                Duration.ofSeconds(10));
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(timeouts, UpstreamTimeouts.DEFAULT)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("ok");
            Thread.sleep(200);
            assertThat(client.send(GET).response().text()).isEqualTo("ok");
            long start = System.nanoTime();
            assertThat(client.everything()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            proxy.awaitQuiet();
        }
    }

    @Test
    void anIdleUpstreamConnectionIsClosedInTime() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        UpstreamTimeouts timeouts = new UpstreamTimeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300));
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.ok("ok");
                    c.untilClosed();
                    closed.incrementAndGet();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(DownstreamTimeouts.DEFAULT, timeouts)
                        .start();
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).isEqualTo("ok");
            Thread.sleep(100);
            assertThat(closed.get()).isZero();
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(closed.get()).isEqualTo(1));
            assertThat(client.send(GET).response().text()).isEqualTo("ok");
            assertThat(proxy.count("gatehouse.upstream.retries")).isZero();
        }
    }

    // ---- Draining -------------------------------------------------------------------------------------------------

    @Test
    void drainingClosesIdleConnectionsAndLetsBusyOnesFinish() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        if (c.head().contains("/slow")) {
                            Thread.sleep(500);
                        }
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient idle = proxy.client();
                RawClient busy = proxy.client()) {
            assertThat(idle.send(GET).response().text()).isEqualTo("ok");
            busy.get("/slow");
            ProxyUnderTest.patiently().until(() -> proxy.runtime().drainState().exchangesInFlight() == 1);

            proxy.runtime().drainState().begin();

            Response last = busy.response();
            assertThat(last.text()).isEqualTo("ok");
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(busy.everything()).isEmpty();
            assertThat(idle.everything()).isEmpty();
            busy.close();
            idle.close();
            proxy.awaitQuiet();
        }
    }

    /** Clients that send one request after the other lose none: each learns of the end from an answer. */
    @Test
    void drainingUnderLoadLosesNothing() throws Exception {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger answered = new AtomicInteger();
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()))) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                clients.add(Thread.startVirtualThread(() -> {
                    try (RawClient client = proxy.client()) {
                        Response response;
                        do {
                            response = client.send(GET).response();
                            answered.incrementAndGet();
                            Thread.sleep(1);
                        } while (!"close".equals(response.field("connection")));
                    } catch (Throwable failure) {
                        failures.add(failure);
                    }
                }));
            }
            Thread.sleep(300);
            proxy.runtime().drainState().begin();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
            assertThat(answered.get()).isGreaterThan(24);
            proxy.awaitQuiet();
        }
    }

    @Test
    void anEmptyLineBehindARequestIsNoRequest() throws Exception {
        DownstreamTimeouts timeouts = new DownstreamTimeouts(
                Duration.ofMillis(300),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                0,
                Duration.ofSeconds(10));
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .timeouts(timeouts, UpstreamTimeouts.DEFAULT)
                        .start();
                RawClient client = proxy.client()) {
            String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok\r\n";
            assertThat(client.send(post).response().text()).isEqualTo("ok");
            Thread.sleep(900);
            assertThat(client.send(post).response().text()).isEqualTo("ok");
            assertThat(proxy.log(2)).allSatisfy(line -> assertThat(line).contains("\"status\":200"));
        }
    }

    @Test
    void drainingDoesNotWaitForWhoNeverAsked() throws Exception {
        try (ScriptedUpstream upstream = echo();
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient silent = proxy.client();
                RawClient blank = proxy.client()) {
            blank.send("\r\n");
            ProxyUnderTest.patiently().until(() -> proxy.listener().connections() == 2);
            proxy.runtime().drainState().begin();
            // The deadline for a head is 10 s, and ends with a reset.
            silent.socket().setSoTimeout(5000);
            blank.socket().setSoTimeout(5000);
            assertThat(silent.everything()).isEmpty();
            assertThat(blank.everything()).isEmpty();
        }
    }
}
