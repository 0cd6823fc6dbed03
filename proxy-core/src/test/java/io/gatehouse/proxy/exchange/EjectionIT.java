// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several upstreams behind one target: who gets a request, who gets none for a while, and who gets it second. */
class EjectionIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    private static final EjectionPolicy QUICK = new EjectionPolicy(5, Duration.ofMillis(200), Duration.ofMillis(400));
    private static final EjectionPolicy FOR_LONG =
            new EjectionPolicy(5, Duration.ofMinutes(10), Duration.ofMinutes(10));

    private static Router toAny(int... ports) {
        ForwardTarget target = ForwardTarget.to(
                "test",
                new UpstreamGroup(IntStream.of(ports)
                        .mapToObj(port -> new Upstream("127.0.0.1", port))
                        .toList()));
        return (head, _, principal) -> new RouteDecision.Forward(target, 0);
    }

    private static ProxyUnderTest proxy(EjectionPolicy ejection, int... ports) throws IOException {
        return ProxyUnderTest.with(toAny(ports)).loops(1).ejection(ejection).start();
    }

    private static ScriptedUpstream answering(String text) throws IOException {
        return ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    private static int deadPort() throws IOException {
        try (ScriptedUpstream gone = new ScriptedUpstream(c -> {})) {
            return gone.port();
        }
    }

    private static double ejected(ProxyUnderTest proxy) {
        return proxy.registry().get("gatehouse.upstream.ejected").gauge().value();
    }

    @Test
    void membersTakeTurns() throws Exception {
        try (ScriptedUpstream one = answering("one");
                ScriptedUpstream two = answering("two");
                ProxyUnderTest proxy = proxy(FOR_LONG, one.port(), two.port());
                RawClient client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(List.of(
                                client.send(GET).response().text(),
                                client.send(GET).response().text()))
                        .containsExactlyInAnyOrder("one", "two");
            }
        }
    }

    @Test
    void whoHasFewerRequestsGetsTheNext() throws Exception {
        try (ScriptedUpstream slow = new ScriptedUpstream(c -> {
                    c.head();
                    c.untilClosed();
                });
                ScriptedUpstream quick = answering("quick");
                ProxyUnderTest proxy = proxy(FOR_LONG, slow.port(), quick.port());
                RawClient stuck = proxy.client();
                RawClient client = proxy.client()) {
            stuck.send(GET);
            ProxyUnderTest.patiently().until(() -> slow.connections() == 1);
            for (int i = 0; i < 6; i++) {
                assertThat(client.send(GET).response().text()).isEqualTo("quick");
            }
        }
    }

    @Test
    void aDeadMemberCostsNobodyAnErrorWhateverTheMethod() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        try (ScriptedUpstream alive = new ScriptedUpstream(c -> {
                    while (true) {
                        String head = c.head();
                        if (head.startsWith("POST")) {
                            assertThat(c.body(head)).isEqualTo("abc");
                            posts.incrementAndGet();
                        }
                        c.ok("ok");
                    }
                });
                ProxyUnderTest proxy = proxy(FOR_LONG, deadPort(), alive.port());
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(GET).response().text()).isEqualTo("ok");
                assertThat(client.send(POST).response().text()).isEqualTo("ok");
            }
            assertThat(posts).hasValue(20);
            assertThat(ejected(proxy)).isEqualTo(1);
            assertThat(proxy.count("gatehouse.upstream.ejections", "route", "test"))
                    .isEqualTo(1);
            assertThat(proxy.count("gatehouse.upstream.retries", "route", "test"))
                    .as("knocked at five times, and then no more")
                    .isEqualTo(5);
            assertThat(proxy.count("gatehouse.request.errors")).isZero();
            assertThat(proxy.log(40)).noneMatch(line -> line.contains("\"error\""));
            proxy.log().stream()
                    .filter(line -> line.contains("\"attempts\":2"))
                    .forEach(line -> assertThat(line).contains("127.0.0.1:" + alive.port()));
        }
    }

    @Test
    void theSecondAttemptGoesElsewhereAlsoWhereThatIsBusier() throws Exception {
        try (ScriptedUpstream busy = new ScriptedUpstream(c -> {
                    while (true) {
                        if (c.head().contains("/stuck")) {
                            c.untilClosed();
                        }
                        c.ok("busy");
                    }
                });
                ProxyUnderTest proxy = proxy(FOR_LONG, deadPort(), busy.port());
                RawClient stuck = proxy.client();
                RawClient client = proxy.client()) {
            stuck.get("/stuck");
            ProxyUnderTest.patiently().until(() -> busy.connections() == 1);
            for (int i = 0; i < 8; i++) {
                assertThat(client.send(GET).response().text()).isEqualTo("busy");
            }
        }
    }

    @Test
    void noMoreThanTwoAreTriedForOneRequest() throws Exception {
        try (ProxyUnderTest proxy = proxy(FOR_LONG, deadPort(), deadPort(), deadPort());
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(502);
            assertThat(proxy.log(1).get(0)).contains("\"attempts\":2");
        }
    }

    @Test
    void answersThatSayThatThereIsNoneEjectAndASoundOneBringsBack() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedUpstream flaky = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        asked.incrementAndGet();
                        if (broken.get()) {
                            c.send("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
                        } else {
                            c.ok("flaky");
                        }
                    }
                });
                ScriptedUpstream sound = answering("sound");
                ProxyUnderTest proxy = proxy(QUICK, flaky.port(), sound.port());
                RawClient client = proxy.client()) {
            // When: five answers are 503s, and are passed on as such
            int refused = 0;
            while (ejected(proxy) == 0) {
                refused += client.send(GET).response().status() == 503 ? 1 : 0;
                assertThat(refused).isLessThanOrEqualTo(5);
            }
            // Then: nobody else sees one, but the one in each delay who finds out
            assertThat(refused).isEqualTo(5);
            long since = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                refused += client.send(GET).response().status() == 503 ? 1 : 0;
                Thread.sleep(10);
            }
            // No delay is shorter than four fifths of the first one, however slow this machine is.
            long delays = Duration.ofNanos(System.nanoTime() - since).dividedBy(Duration.ofMillis(160));
            assertThat(refused).isBetween(6, 5 + 1 + (int) delays);
            assertThat(asked).hasValue(refused);

            // And: it is back soon after it is sound
            broken.set(false);
            ProxyUnderTest.patiently().until(() -> {
                client.send(GET).response();
                return ejected(proxy) == 0;
            });
            assertThat(List.of(
                            client.send(GET).response().text(),
                            client.send(GET).response().text()))
                    .containsExactlyInAnyOrder("flaky", "sound");
        }
    }

    @Test
    void requestsThatGotNoAnswerCountToo() throws Exception {
        try (ScriptedUpstream cutting = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                });
                ScriptedUpstream sound = answering("sound");
                ProxyUnderTest proxy = proxy(FOR_LONG, cutting.port(), sound.port())) {
            ProxyUnderTest.patiently().until(() -> {
                try (RawClient client = proxy.client()) {
                    client.send(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                            .everything();
                }
                return ejected(proxy) == 1;
            });
            assertThat(cutting.connections()).isEqualTo(5);
        }
    }

    @Test
    void whereAllFailTheLastOneIsAskedAllTheSame() throws Exception {
        String down = "HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n";
        try (ScriptedUpstream one = ScriptedUpstream.answering(down);
                ScriptedUpstream two = ScriptedUpstream.answering(down);
                ProxyUnderTest proxy = proxy(FOR_LONG, one.port(), two.port());
                RawClient client = proxy.client()) {
            for (int i = 0; i < 40; i++) {
                Response response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("proxy-status"))
                        .as("the upstream's own")
                        .isNull();
            }
            assertThat(ejected(proxy)).isEqualTo(1);
        }
    }

    @Test
    void aSingleUpstreamIsNeverEjected() throws Exception {
        try (ScriptedUpstream down = ScriptedUpstream.answering("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
                ProxyUnderTest proxy = proxy(FOR_LONG, down.port());
                RawClient client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(503);
            }
            assertThat(ejected(proxy)).isZero();
        }
    }

    /** RFC 9110 section 9.2.2: whoever has the bytes may have acted on them. */
    @Test
    void aPostThatAMemberHasSeenGoesToNoOther() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (ScriptedUpstream swallowing = new ScriptedUpstream(c -> {
                    c.body(c.head());
                    seen.incrementAndGet();
                    c.ok("first");
                    c.body(c.head());
                    seen.incrementAndGet();
                });
                ScriptedUpstream other = new ScriptedUpstream(c -> {
                    while (true) {
                        c.body(c.head());
                        seen.incrementAndGet();
                        c.ok("other");
                    }
                });
                ProxyUnderTest proxy = proxy(FOR_LONG, swallowing.port(), other.port());
                RawClient client = proxy.client()) {
            int requests = 0;
            int status = 200;
            while (status == 200) {
                status = client.send(POST).response().status();
                requests++;
            }
            assertThat(status).isEqualTo(502);
            assertThat(requests).isLessThanOrEqualTo(4);
            assertThat(seen).hasValue(requests);
        }
    }

    @Test
    void aGetWhoseKeptConnectionIsDeadGoesToTheOther() throws Exception {
        try (ScriptedUpstream dying = new ScriptedUpstream(c -> {
                    c.head();
                    c.ok("dying");
                    c.head();
                });
                ScriptedUpstream other = answering("other");
                ProxyUnderTest proxy = proxy(FOR_LONG, dying.port(), other.port());
                RawClient client = proxy.client()) {
            assertThat(List.of(
                            client.send(GET).response().text(),
                            client.send(GET).response().text()))
                    .containsExactlyInAnyOrder("dying", "other");
            dying.stopAccepting();
            for (int i = 0; i < 12; i++) {
                assertThat(client.send(GET).response().text()).isEqualTo("other");
            }
        }
    }
}
