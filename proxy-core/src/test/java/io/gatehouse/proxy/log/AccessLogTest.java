// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessLogTest {
    private final Counter dropped = new SimpleMeterRegistry().counter("dropped");

    private static List<String> lines(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.US_ASCII).lines().toList();
    }

    @Test
    void linesComeInOrderAndClosingWritesThem() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.to(out, dropped);
        AccessLog.Sink sink = log.newSink();
        for (int i = 0; i < 10_000; i++) {
            sink.line().member("n", i).end();
        }
        sink.handOver();
        sink.handOver();
        log.close();
        assertThat(lines(out)).hasSize(10_000);
        assertThat(lines(out))
                .isEqualTo(IntStream.range(0, 10_000)
                        .mapToObj(i -> "{\"n\":" + i + "}")
                        .toList());
        assertThat(dropped.count()).isZero();
    }

    @Test
    void aLineLongerThanABlockPasses() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.to(out, dropped);
        AccessLog.Sink sink = log.newSink();
        sink.line().member("a", 1).end();
        JsonLine line = sink.line();
        for (int i = 0; i < 20; i++) {
            line.member("b", "ü".repeat(5000));
        }
        line.end();
        sink.line().member("c", 1).end();
        sink.handOver();
        log.close();
        assertThat(lines(out)).hasSize(3);
        assertThat(lines(out).get(1)).hasSize(20 * (4096 * 6 + "\"b\":\"\",".length()) + 1);
    }

    @Test
    void aStuckOutputLosesLinesAndHoldsUpNobody() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("one byte at a time");
            }

            @Override
            public void write(byte[] bytes, int start, int length) {
                writing.countDown();
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.write(bytes, start, length);
            }
        };
        AccessLog log = AccessLog.to(slow, dropped);
        AccessLog.Sink sink = log.newSink();
        int lines = 1000;
        for (int i = 0; i < lines; i++) {
            sink.line().member("n", i).end();
            sink.handOver();
            if (i == 0) {
                writing.await();
            }
        }
        assertThat(dropped.count()).as("one is being written, 128 wait").isEqualTo(lines - 129);
        stuck.countDown();
        log.close();
        assertThat(lines(out)).hasSize(129);
        assertThat(lines(out).get(128)).isEqualTo("{\"n\":128}");
    }

    @Test
    void closingDoesNotWaitForEverForAStuckOutput() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
            }
        };
        AccessLog log = AccessLog.to(stuck, dropped);
        AccessLog.Sink sink = log.newSink();
        for (int i = 0; i < 200; i++) {
            sink.line().member("n", i).end();
            sink.handOver();
        }
        long start = System.nanoTime();
        log.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        never.countDown();
        assertThat(interrupted).isFalse();
    }

    @Test
    void anOutputThatFailsIsTriedAgainAndTheLostAreCounted() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStream disk = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                if (full.get()) {
                    throw new IOException("No space left on device");
                }
                out.write(bytes, start, length);
            }
        };
        AccessLog log = AccessLog.to(disk, dropped);
        AccessLog.Sink sink = log.newSink();
        for (int i = 0; i < 500; i++) {
            sink.line().member("n", i).end();
            sink.handOver();
            Thread.sleep(0, 100_000);
        }
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(dropped.count()).isEqualTo(500));
        full.set(false);
        sink.line().member("n", 500).end();
        sink.handOver();
        log.close();
        assertThat(lines(out)).containsExactly("{\"n\":500}");
    }

    @Test
    void offIsOff() {
        AccessLog log = AccessLog.off(dropped);
        assertThat(log.newSink().isOn()).isFalse();
        assertThatCode(log::close).doesNotThrowAnyException();
    }
}
