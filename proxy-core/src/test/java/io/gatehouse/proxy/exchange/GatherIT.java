// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.AnswerMerger;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One answer of several upstreams', over real sockets: who is asked how, and what becomes of parts that are missing. */
class GatherIT {
    private final List<ScriptedUpstream> upstreams = new ArrayList<>();
    private final OwnAuthorization own = new OwnAuthorization();

    /** All bodies, one behind the other; a part that broke off is asked again while {@link #patient}. */
    private static final class Chain implements AnswerMerger {
        private enum Part {
            ASKED,
            SENDING,
            BROKEN,
            MISSING,
            WHOLE
        }

        private final Part[] parts;
        private final List<ArrayDeque<ByteBuf>> bodies = new ArrayList<>();
        private final boolean patient;
        private int current;
        private boolean closed;

        Chain(int parts, boolean patient) {
            this.parts = new Part[parts];
            this.patient = patient;
            Arrays.fill(this.parts, Part.ASKED);
            for (int i = 0; i < parts; i++) {
                bodies.add(new ArrayDeque<>());
            }
        }

        @Override
        public boolean onHead(int part, ResponseHead head) {
            boolean taken = head.status() == 200;
            parts[part] = taken ? Part.SENDING : Part.MISSING;
            return taken;
        }

        @Override
        public void onBody(int part, ByteBuf piece) {
            bodies.get(part).add(piece);
        }

        @Override
        public void onEnd(int part) {
            parts[part] = Part.WHOLE;
        }

        @Override
        public void onFailed(int part, ErrorType error) {
            parts[part] = parts[part] == Part.ASKED ? Part.MISSING : Part.BROKEN;
        }

        @Override
        public @Nullable LocalResponse head() {
            boolean any = Arrays.stream(parts).anyMatch(part -> part != Part.MISSING);
            return Arrays.asList(parts).contains(Part.ASKED) || !any
                    ? null
                    : LocalResponse.text(200, "").with("X-Parts", Integer.toString(parts.length));
        }

        @Override
        public boolean wants(int part) {
            return bodies.get(part).isEmpty();
        }

        @Override
        public boolean restart(int part) {
            boolean again = patient && part == current && parts[part] == Part.BROKEN;
            if (again) {
                parts[part] = Part.SENDING;
            }
            return again;
        }

        @Override
        public void next(ByteBuf out) throws HttpViolation {
            while (current < parts.length && out.readableBytes() < MOST_BYTES) {
                ByteBuf piece = bodies.get(current).peek();
                if (piece != null) {
                    out.writeBytes(piece, Math.min(piece.readableBytes(), MOST_BYTES - out.readableBytes()));
                    if (!piece.isReadable()) {
                        bodies.get(current).remove().release();
                    }
                } else if (parts[current] == Part.WHOLE || parts[current] == Part.MISSING) {
                    current++;
                } else if (parts[current] == Part.BROKEN && !patient) {
                    throw new HttpViolation(ErrorType.HTTP_RESPONSE_INCOMPLETE, "a part is not whole");
                } else {
                    return;
                }
            }
        }

        @Override
        public boolean isOver() {
            return current == parts.length;
        }

        @Override
        public void close() {
            assertThat(closed).as("closed twice").isFalse();
            closed = true;
            bodies.forEach(body -> body.forEach(ByteBuf::release));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (ScriptedUpstream upstream : upstreams) {
            upstream.close();
        }
    }

    private ForwardTarget part(ScriptedUpstream.Script script) throws Exception {
        ScriptedUpstream upstream = new ScriptedUpstream(script);
        upstreams.add(upstream);
        return ProxyUnderTest.target(upstream.port()).withPatience(Duration.ofMillis(500));
    }

    private ForwardTarget saying(String body) throws Exception {
        return part(connection -> {
            while (true) {
                boolean head = connection.head().startsWith("HEAD");
                connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + (head ? "" : body));
            }
        });
    }

    private static ForwardTarget nobody() {
        return ForwardTarget.to("test", new Upstream("127.0.0.1", 1));
    }

    private static Router gathering(boolean patient, ForwardTarget... targets) {
        return (head, _, _) -> new RouteDecision.Gather(
                "test",
                Arrays.stream(targets)
                        .map(target -> new RouteDecision.Forward(target, 0))
                        .toList(),
                () -> new Chain(targets.length, patient));
    }

    @Test
    void oneAnswerIsMadeAndTheConnectionGoesOn() throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, saying("one "), saying("two ")));
                RawClient client = proxy.client()) {
            proxy.listener()
                    .guard(Boundary.OPEN.withResponses(
                            ResponseRules.of(List.of(new LocalResponse.Field("X-Rule", "yes")), "")));
            for (int i = 0; i < 3; i++) {
                Response response = client.get("/x?y=z").response();
                assertThat(response.text()).isEqualTo("one two ");
                assertThat(response.field("x-parts")).isEqualTo("2");
                assertThat(response.field("x-rule")).isEqualTo("yes");
                assertThat(response.field("proxy-status")).isNull();
            }
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.headResponse().field("x-parts")).isEqualTo("2");
            assertThat(client.get("/").response().text()).isEqualTo("one two ");
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.everything()).endsWith("one two ");
            proxy.awaitQuiet();
            assertThat(upstreams).allMatch(upstream -> upstream.connections() < 4);
        }
    }

    @Test
    void aPartThatIsMissingIsToldAndSaysNothingOfTheOthers() throws Exception {
        ForwardTarget refusing = part(connection -> {
            connection.head();
            connection.send("HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\nsad");
        });
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, saying("one"), nobody(), refusing));
                RawClient client = proxy.client()) {
            Response response = client.get("/").response();
            assertThat(response.text()).isEqualTo("one");
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
            assertThat(response.field("cache-control")).isEqualTo("no-store");
            assertThat(proxy.log(1).getFirst()).contains("\"status\":200", "\"error\":\"connection_refused\"");
        }
    }

    @Test
    void whereAllAreMissingTheFirstErrorIsTheAnswer() throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, nobody(), nobody()));
                RawClient client = proxy.client()) {
            assertThat(client.get("/").response().status()).isEqualTo(502);
            assertThat(client.get("/").response().field("proxy-status"))
                    .isEqualTo("gatehouse; error=connection_refused");
        }
    }

    @Test
    void aPartThatHangsIsWaitedForAsLongAsItsTargetSays() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ForwardTarget hanging = part(connection -> {
            connection.head();
            connection.untilClosed();
            over.countDown();
        });
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, saying("one"), hanging));
                RawClient client = proxy.client()) {
            Response response = client.get("/").response();
            assertThat(response.text()).isEqualTo("one");
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=http_response_timeout");
            assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingIsReadAheadWhileAnotherPartIsWaitedFor() throws Exception {
        AtomicLong sent = new AtomicLong();
        ForwardTarget hanging = part(ScriptedUpstream.Connection::untilClosed).withPatience(Duration.ofSeconds(8));
        ForwardTarget large = part(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            String piece = "x".repeat(100_000);
            while (sent.addAndGet(piece.length()) < 200_000_000) {
                connection.send(piece);
            }
        });
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, hanging, large));
                RawClient client = proxy.client()) {
            // When
            client.get("/");

            // Then: what was sent lies in the kernel's buffers
            AtomicLong before = new AtomicLong();
            ProxyUnderTest.patiently()
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
            assertThat(sent.get()).isLessThan(40_000_000);
        }
    }

    @Test
    void aPartThatBreaksOffCutsTheAnswerOrIsAskedAgain() throws Exception {
        ScriptedUpstream.Script broken = connection -> {
            connection.head();
            boolean again = connection.number() > 1;
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + (again ? "second" : "fir"));
        };
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, part(broken)));
                RawClient client = proxy.client()) {
            client.get("/");
            assertThat(client.everything()).doesNotContain("0\r\n\r\n");
            assertThat(proxy.log(1).getFirst()).contains("http_response_incomplete");
        }
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(true, part(broken)));
                RawClient client = proxy.client()) {
            assertThat(client.get("/").response().text()).isEqualTo("firsecond");
        }
    }

    @Test
    void aPartThatNeverGetsFurtherIsGivenUpWhateverTheMergerSays() throws Exception {
        ForwardTarget broken = part(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfir");
        });
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(true, broken));
                RawClient client = proxy.client()) {
            client.get("/");
            assertThat(proxy.log(1).getFirst()).contains("http_response_incomplete");
            assertThat(client.everything()).doesNotContain("0\r\n\r\n");
            proxy.awaitQuiet();
            assertThat(upstreams.getFirst().connections()).isEqualTo(3);
        }
    }

    @Test
    void aPartThatIsGoneWhenItIsAskedAgainIsGivenUp() throws Exception {
        ForwardTarget gone = part(connection -> {
            connection.head();
            upstreams.getFirst().stopAccepting();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfir");
        });
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(true, gone));
                RawClient client = proxy.client()) {
            client.get("/");
            assertThat(proxy.log(1).getFirst()).contains("http_response_incomplete");
        }
    }

    @Test
    void aClientThatLeavesLetsAllPartsGo() throws Exception {
        CountDownLatch over = new CountDownLatch(2);
        ScriptedUpstream.Script endless = connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            try {
                while (true) {
                    connection.send("x".repeat(10_000));
                }
            } finally {
                over.countDown();
            }
        };
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, part(endless), part(endless)))) {
            try (RawClient client = proxy.client()) {
                client.get("/");
                client.in().readNBytes(100_000);
            }
            assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
            proxy.awaitQuiet();
        }
    }

    @Test
    void aRequestWithABodyIsRefused() throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(gathering(false, saying("one")));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response().status()).isEqualTo(413);
        }
        assertThat(upstreams.getFirst().connections()).isZero();
    }

    @Test
    void whatWeShowStandsInPlaceOfWhatTheClientShows() throws Exception {
        List<String> heads = new ArrayList<>();
        ForwardTarget shown = part(connection -> {
                    heads.add(connection.head());
                    connection.ok("");
                })
                .withAuthorization(own)
                .withPlainBody();
        own.use("Bearer ours");
        try (ProxyUnderTest proxy = new ProxyUnderTest((head, _, _) -> new RouteDecision.Forward(shown, 0));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic theirs\r\nAccept-Encoding: gzip\r\n\r\n")
                    .response();
            assertThat(Response.fields(heads.getFirst(), "authorization")).containsExactly("Bearer ours");
            assertThat(heads.getFirst()).doesNotContain("gzip");
            assertThat(own).hasToString("OwnAuthorization");
        }
    }

    @Test
    void upstreamsWithOtherSettingsShareNoConnection() {
        Upstream usual = Upstream.secure("a", 1);
        assertThat(Upstream.secure("a", 1, "eu"))
                .isNotEqualTo(usual)
                .isNotEqualTo(Upstream.secure("a", 1, "us"))
                .isEqualTo(Upstream.secure("a", 1, "eu"));
        assertThat(new UpstreamGroup(List.of(usual, Upstream.secure("a", 1, "eu"))).isSingle())
                .isFalse();
    }
}
