// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.EventStream;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Server-sent events to clients that listen, leave, speak HTTP/1.0, or do not read at all. */
class EventsIT {
    private final Stream stream = new Stream();
    private ProxyUnderTest proxy;

    /** Tells what a test has put into it. */
    private static final class Stream implements EventStream {
        final Queue<String> events = new ConcurrentLinkedQueue<>();
        final AtomicLong asked = new AtomicLong();
        /** Direct, in bytes, whenever an endless stream was asked. */
        final AtomicLong mostMemory = new AtomicLong();

        final CountDownLatch opened = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        volatile boolean over;
        volatile boolean endless;
        volatile Runnable more = () -> {};

        void tell(String event) {
            events.add(event);
            more.run();
        }

        /** The last event: nobody who looks in between sees an end without it. */
        void tellLast(String event) {
            events.add(event);
            over = true;
            more.run();
        }

        @Override
        public void open(Runnable wake) {
            more = wake;
            opened.countDown();
        }

        @Override
        public void next(ByteBuf out) {
            asked.incrementAndGet();
            if (endless) {
                mostMemory.accumulateAndGet(
                        PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory(), Math::max);
                out.writeZero(MOST_BYTES);
                return;
            }
            String event = events.poll();
            if (event != null && event.equals("defect")) {
                throw new IllegalStateException("a defect of the test");
            }
            if (event != null) {
                ByteBufUtil.writeAscii(out, event);
            }
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @BeforeEach
    void start() throws Exception {
        proxy = ProxyUnderTest.with((head, _, _) -> head.path().equals("/events")
                        ? new RouteDecision.Events("events", stream)
                        : new RouteDecision.Answer("other", LocalResponse.text(200, head.path())))
                .quick()
                .loops(1)
                .start();
    }

    @AfterEach
    void stop() {
        proxy.awaitQuiet();
        proxy.close();
    }

    @Test
    void eachEventArrivesWhenItIsToldAsAWholeChunk() throws Exception {
        // Given
        stream.events.add("data: first\n\n");
        try (RawClient client = proxy.client()) {
            // When
            String head = client.get("/events").head();

            // Then
            assertThat(head)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains(
                            "Content-Type: text/event-stream\r\n",
                            "Cache-Control: no-store\r\n",
                            "X-Accel-Buffering: no\r\n",
                            "Transfer-Encoding: chunked\r\n")
                    .doesNotContain("Content-Length", "Connection");
            assertThat(read(client, "d\r\ndata: first\n\n\r\n")).isTrue();
            for (int i = 0; i < 20; i++) {
                stream.tell("data: " + (char) ('a' + i) + "\n\n");
                assertThat(read(client, "9\r\ndata: " + (char) ('a' + i) + "\n\n\r\n"))
                        .isTrue();
            }
        }
        await(stream.closed);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean read(RawClient client, String expected) throws IOException {
        byte[] bytes = client.in().readNBytes(expected.length());
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).isEqualTo(expected);
        return true;
    }

    @Test
    void aStreamThatIsOverEndsItsResponseAndTheConnectionGoesOn() throws Exception {
        try (RawClient client = proxy.client()) {
            client.get("/events").get("/pipelined");
            await(stream.opened);
            stream.tellLast("data: last\n\n");
            Response events = client.response();
            assertThat(events.text()).isEqualTo("data: last\n\n");
            assertThat(client.response().text()).isEqualTo("/pipelined");
            assertThat(client.get("/next").response().text()).isEqualTo("/next");
        }
        await(stream.closed);
    }

    @Test
    void aClientThatLeavesEndsTheStreamAndIsCountedOnceWithoutAnError() throws Exception {
        try (RawClient client = proxy.client()) {
            client.get("/events").head();
            stream.tell("data: x\n\n");
            read(client, "9\r\ndata: x\n\n\r\n");
            assertThat(proxy.log()).isEmpty();
        }
        await(stream.closed);
        List<String> log = proxy.log(1);
        assertThat(log)
                .singleElement()
                .asString()
                .contains("\"route\":\"events\"", "\"status\":200", "\"bytes_out\":9")
                .doesNotContain("error");
        assertThat(proxy.count("gatehouse.requests", "route", "events")).isOne();
        assertThat(proxy.count("gatehouse.request.errors")).isZero();
        stream.tell("data: to nobody\n\n");
    }

    @Test
    void http10ClientsGetThemUntilTheEndOfTheConnection() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            await(stream.opened);
            stream.tell("data: 1\n\n");
            stream.tellLast("data: 2\n\n");
            assertThat(client.everything())
                    .contains("Connection: close\r\n")
                    .doesNotContain("Transfer-Encoding")
                    .endsWith("\r\n\r\ndata: 1\n\ndata: 2\n\n");
        }
    }

    @Test
    void headHasTheHeadAlone() throws Exception {
        try (RawClient client = proxy.client()) {
            client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.headResponse().field("content-type")).isEqualTo("text/event-stream");
            assertThat(client.get("/next").response().text()).isEqualTo("/next");
        }
        assertThat(stream.opened.getCount()).as("not opened").isOne();
        await(stream.closed);
    }

    @Test
    void silenceIsFilledWithCommentsAndOutlastsEveryDeadline() throws Exception {
        try (RawClient client = proxy.client()) {
            client.get("/events").head();
            // Deadlines of this proxy are at most two seconds; each comment comes after half of one.
            for (int i = 0; i < 8; i++) {
                read(client, "3\r\n:\n\n\r\n");
            }
            stream.tell("data: still there\n\n");
            read(client, "13\r\ndata: still there\n\n\r\n");
        }
    }

    @Test
    void aClientThatDoesNotReadIsAskedForNothingAndCut() throws Exception {
        // Given
        stream.endless = true;
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        try (RawClient client = new RawClient(proxy.address(), 4096)) {
            // When
            client.get("/events");
            await(stream.closed);

            // Then: what the kernel takes, and then nothing more
            assertThat(stream.asked.get() * EventStream.MOST_BYTES).isLessThan(32 << 20);
            assertThat(stream.mostMemory.get() - before).isLessThan(16 << 20);
            assertThat(proxy.log(1).getFirst())
                    .contains("\"status\":200", "\"error\":\"connection_terminated\"", "stopped reading");
        }
    }

    /** Waits until the client has taken what it takes without reading: the loop goes on to other things only then. */
    private void awaitFull() throws Exception {
        await(stream.opened);
        long asked = proxy.runtime()
                .anyContext()
                .eventLoop()
                .submit(stream.asked::get)
                .get(10, TimeUnit.SECONDS);
        assertThat(asked).isPositive();
    }

    @Test
    void aClientThatReadsLateGetsTheRest() throws Exception {
        // Given: more than fits between us and it
        int events = 300;
        String padding = "x".repeat(60_000);
        try (RawClient client = new RawClient(proxy.address(), 4096)) {
            for (int i = 0; i < events; i++) {
                stream.events.add("data: " + i + padding + "\n\n");
            }
            stream.over = true;
            client.get("/events");
            awaitFull();
            assertThat(stream.events).isNotEmpty();

            // When
            String all = client.response().text();

            // Then
            List<String> told = new ArrayList<>(List.of(all.split("\n\n")));
            assertThat(told).hasSize(events);
            for (int i = 0; i < events; i++) {
                assertThat(told.get(i)).startsWith("data: " + i + "x");
            }
        }
    }

    @Test
    void aDrainEndsTheStreamAsAWholeResponse() throws Exception {
        try (RawClient client = proxy.client()) {
            client.get("/events").head();
            stream.tell("data: x\n\n");
            read(client, "9\r\ndata: x\n\n\r\n");

            // When
            proxy.runtime().drainState().begin();

            // Then
            assertThat(client.everything()).isEqualTo("0\r\n\r\n");
        }
        await(stream.closed);
        assertThat(proxy.log(1).getFirst()).contains("\"status\":200").doesNotContain("error");
    }

    @Test
    void aDefectOfAStreamIsACutThatTheClientSees() throws Exception {
        try (RawClient client = proxy.client()) {
            client.get("/events").head();
            stream.tell("defect");
            assertThat(client.everything()).endsWith(RawClient.RESET);
        }
        await(stream.closed);
        assertThat(proxy.log(1).getFirst()).contains("\"status\":200", "\"error\":\"proxy_internal_error\"");
    }

    @Test
    void whatManyThreadsTellIsAllTold() throws Exception {
        int threads = 8;
        int each = 500;
        try (RawClient client = proxy.client()) {
            client.get("/events");
            await(stream.opened);
            List<Thread> tellers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                tellers.add(Thread.startVirtualThread(() -> {
                    for (int i = 0; i < each; i++) {
                        stream.tell("data: x\n\n");
                    }
                }));
            }
            for (Thread teller : tellers) {
                teller.join();
            }
            stream.over = true;
            stream.more.run();
            assertThat(client.response().text()).hasSize(9 * threads * each);
        }
    }
}
