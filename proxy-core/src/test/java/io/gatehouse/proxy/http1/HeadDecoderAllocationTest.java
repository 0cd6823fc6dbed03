// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Heads cost no objects, which is what the codec is for. */
class HeadDecoderAllocationTest {
    private static final int ROUNDS = 10_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void decodingAHeadAllocatesNothing() throws Exception {
        // Given
        ByteBuf in = Unpooled.wrappedBuffer(Transcript.bytes(Transcript.head(
                "GET /sparkui/app-42/jobs/?id=7 HTTP/1.1",
                "Host: spark.example.org",
                "Connection: keep-alive",
                "Cookie: a=" + "b".repeat(400),
                "Accept: */*")));
        RequestHead head = new RequestHead();
        HeadDecoder decoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
        decode(decoder, head, in);

        // When
        long before = threads.getCurrentThreadAllocatedBytes();
        long costOfAsking = threads.getCurrentThreadAllocatedBytes() - before;
        before = threads.getCurrentThreadAllocatedBytes();
        decode(decoder, head, in);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before - costOfAsking;

        // Then: less than a byte a head; the JVM itself takes a little now and then
        assertThat(allocated).isLessThan(ROUNDS);
    }

    private static void decode(HeadDecoder decoder, RequestHead head, ByteBuf in) throws HttpViolation {
        for (int round = 0; round < ROUNDS; round++) {
            head.reset();
            decoder.begin();
            in.readerIndex(0);
            if (!decoder.decode(in, head)) {
                throw new AssertionError("head is whole");
            }
        }
    }
}
