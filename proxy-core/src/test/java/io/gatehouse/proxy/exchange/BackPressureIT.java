// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A side that does not take more stops the other side, and memory stays where it is; nothing is lost on the way. */
class BackPressureIT {
    private static final int MIB = 1 << 20;

    /** A megabyte that compresses badly and repeats nowhere within itself. */
    private static final byte[] PATTERN = pattern();

    private static byte[] pattern() {
        byte[] bytes = new byte[MIB];
        new java.util.Random(7).nextBytes(bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static long direct() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    /** Highest use of pooled direct memory over what it was, sampled until closed. */
    private static final class MemoryWatch implements AutoCloseable {
        private final long before = direct();
        private final AtomicLong peak = new AtomicLong();
        private volatile boolean done;
        private final Thread sampler = Thread.startVirtualThread(() -> {
            while (!done) {
                peak.accumulateAndGet(direct() - before, Math::max);
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });

        long peakMib() {
            return peak.get() / MIB;
        }

        @Override
        public void close() throws Exception {
            done = true;
            sampler.join();
        }
    }

    private static void sendBody(OutputStream out, int mib, boolean chunked) throws IOException {
        for (int i = 0; i < mib; i++) {
            if (chunked) {
                out.write(ascii("100000\r\n"));
            }
            out.write(PATTERN);
            if (chunked) {
                out.write(ascii("\r\n"));
            }
        }
        if (chunked) {
            out.write(ascii("0\r\n\r\n"));
        }
    }

    private static String framing(boolean chunked, int mib) {
        return chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + (long) mib * MIB + "\r\n\r\n";
    }

    private static long expectedCrc(int mib) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < mib; i++) {
            crc.update(PATTERN);
        }
        return crc.getValue();
    }

    /** Reads a body by its framing without holding it. */
    private static long crc(InputStream in, String head) throws IOException {
        CRC32 crc = new CRC32();
        String length = Response.field(head, "content-length");
        if (length != null) {
            drain(in, Long.parseLong(length), crc);
            return crc.getValue();
        }
        while (true) {
            int size = 0;
            for (int b = in.read(); b != '\r'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("within a chunk size");
                }
                size = size * 16 + Character.digit(b, 16);
            }
            in.read();
            drain(in, size, crc);
            in.readNBytes(2);
            if (size == 0) {
                return crc.getValue();
            }
        }
    }

    private static void drain(InputStream in, long count, CRC32 crc) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (long left = count; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            crc.update(buffer, 0, read);
            left -= read;
        }
    }

    /** Until everything that will be buffered is buffered. */
    private static void awaitStandstill(LongSupplier value) throws InterruptedException {
        long last;
        long now = 0;
        do {
            last = now;
            Thread.sleep(500);
            now = value.getAsLong();
        } while (now == 0 || now != last);
    }

    private static OutputStream counting(OutputStream out, AtomicLong sent) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                for (int at = start; at < start + length; at += 64 << 10) {
                    int part = Math.min(64 << 10, start + length - at);
                    out.write(bytes, at, part);
                    sent.addAndGet(part);
                }
            }
        };
    }

    // ---- Large bodies ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLargeBodyPassesBothWaysInLittleMemory(boolean chunked) throws Exception {
        int mib = 512;
        Queue<Long> received = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    received.add(crc(c.in(), head));
                    c.send("HTTP/1.1 200 OK\r\n" + framing(chunked, mib));
                    sendBody(c.socket().getOutputStream(), mib, chunked);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                MemoryWatch memory = new MemoryWatch();
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing(chunked, mib));
            sendBody(client.socket().getOutputStream(), mib, chunked);
            String head = client.head();
            assertThat(crc(client.in(), head)).isEqualTo(expectedCrc(mib));
            assertThat(received).containsExactly(expectedCrc(mib));
            assertThat(memory.peakMib()).isLessThan(24);
            assertThat(proxy.log(1).get(0))
                    .contains("\"bytes_in\":" + (long) mib * MIB, "\"bytes_out\":" + (long) mib * MIB);
        }
    }

    // ---- Those who do not read ------------------------------------------------------------------------------------

    @Test
    void clientsThatDoNotReadCostLittleAndThenGetEverything() throws Exception {
        int clients = 64;
        int mib = 64;
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\n" + framing(false, mib));
                    sendBody(c.socket().getOutputStream(), mib, false);
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .perUpstream(2 * clients, clients)
                        .start();
                MemoryWatch memory = new MemoryWatch()) {
            List<RawClient> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                RawClient client = new RawClient(proxy.address(), 64 << 10);
                client.get("/" + i);
                all.add(client);
            }
            awaitStandstill(BackPressureIT::direct);
            assertThat(memory.peakMib()).as("MiB while nobody reads").isLessThan(64);
            CountDownLatch done = new CountDownLatch(clients);
            Queue<Object> results = new ConcurrentLinkedQueue<>();
            for (RawClient client : all) {
                Thread.startVirtualThread(() -> {
                    try (client) {
                        results.add(crc(client.in(), client.head()));
                    } catch (Exception failure) {
                        results.add(failure);
                    }
                    done.countDown();
                });
            }
            done.await();
            assertThat(results).hasSize(clients).containsOnly(expectedCrc(mib));
            assertThat(memory.peakMib()).isLessThan(96);
            proxy.awaitQuiet();
        }
    }

    @Test
    void anUpstreamThatDoesNotReadCostsLittleAndThenGetsEverything() throws Exception {
        int clients = 16;
        int mib = 32;
        CountDownLatch read = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        Queue<Long> received = new ConcurrentLinkedQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    read.await();
                    received.add(crc(c.in(), head));
                    c.ok("thanks");
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                MemoryWatch memory = new MemoryWatch()) {
            Queue<Object> results = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                boolean chunked = i % 2 == 0;
                threads.add(Thread.startVirtualThread(() -> {
                    try (RawClient client = proxy.client()) {
                        client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing(chunked, mib));
                        sendBody(counting(client.socket().getOutputStream(), sent), mib, chunked);
                        results.add(client.response().text());
                    } catch (Exception failure) {
                        results.add(failure);
                    }
                }));
            }
            awaitStandstill(sent::get);
            assertThat(sent.get()).isBetween((long) clients, (long) clients * mib * MIB - 1);
            assertThat(memory.peakMib()).as("MiB while nobody reads").isLessThan(24);
            read.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(results).hasSize(clients).containsOnly("thanks");
            assertThat(received).hasSize(clients).containsOnly(expectedCrc(mib));
            assertThat(proxy.registry()
                            .get("gatehouse.reads.paused.seconds")
                            .counter()
                            .count())
                    .isPositive();
            proxy.awaitQuiet();
        }
    }

    /** One request costs a client 40 bytes; the answers it does not read must not cost the proxy a hundred times that. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatPipelinesAndDoesNotReadCostsLittle(boolean local) throws Exception {
        byte[] body = new byte[local ? 4_000 : 40_000];
        int count = local ? 10_000 : 1_000;
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        c.head();
                        c.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                        c.send(body);
                    }
                });
                ProxyUnderTest proxy = new ProxyUnderTest((head, _, principal) -> local
                        ? new RouteDecision.Answer("local", new LocalResponse(200, "x/y", body, List.of()))
                        : new RouteDecision.Forward(ProxyUnderTest.target(upstream.port()), 0));
                MemoryWatch memory = new MemoryWatch();
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.get("/");
                    }
                } catch (IOException e) {
                    // the count of answers will tell
                }
            });
            Thread.sleep(1000);
            assertThat(memory.peakMib()).isLessThan(8);
            for (int i = 0; i < count; i++) {
                assertThat(client.response().body()).hasSize(body.length);
            }
            sender.join();
            assertThat(memory.peakMib()).isLessThan(8);
        }
    }

    /** A reset behind paused reads must not turn the event loop into a heater. */
    @Test
    void anUpstreamThatResetsWhileItsClientDoesNotReadCostsNoTime() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\n" + framing(false, 64));
                    Thread sender = Thread.startVirtualThread(() -> {
                        try {
                            sendBody(c.socket().getOutputStream(), 64, false);
                        } catch (IOException cut) {
                            // as it must be
                        }
                    });
                    Thread.sleep(500);
                    c.reset();
                    sender.join();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .start();
                RawClient client = new RawClient(proxy.address(), 16 << 10)) {
            client.get("/");
            Thread.sleep(700);
            long before = loopCpuMillis();
            Thread.sleep(1000);
            assertThat(loopCpuMillis() - before)
                    .as("ms of CPU in a second of nothing")
                    .isLessThan(200);
            assertThat(client.everything()).endsWith(RawClient.RESET);
            proxy.awaitQuiet();
        }
    }

    private static long loopCpuMillis() {
        var threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith("gatehouse-loop")) {
                nanos += Math.max(0, threads.getThreadCpuTime(info.getThreadId()));
            }
        }
        return nanos / 1_000_000;
    }
}
