// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameCumulatorTest {
    private static final int FRAMES = 300;

    private final Random random = new Random(7);
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private int largest;

    @ParameterizedTest
    @CsvSource({
        "16384,200000,65536,2",
        "16384,200000,65536,0",
        "16384,200000,0,0",
        "65536,1400,0,2",
        "65536,1400,0,0",
        "100,60,0,2",
        "16384,16384,0,0",
        "65536,200000,65536,0"
    })
    void framesComeOutAsTheyWentInAndLittleIsKept(int frame, int read, int room, int heldMeanwhile) {
        ByteBuf left = Unpooled.EMPTY_BUFFER;
        int next = 0;
        long sent = 0;
        long total = (long) FRAMES * frame;
        while (next < FRAMES) {
            int count = (int) Math.min(total - sent, 1 + random.nextInt(read));
            ByteBuf more = Unpooled.buffer(room + count, room + count).setIndex(room, room);
            for (int i = 0; i < count; i++) {
                more.writeByte(value((sent + i) / frame));
            }
            sent += count;
            // What was decoded is written between two reads, as a rule.
            release(heldMeanwhile);
            left = FrameCumulator.INSTANCE.cumulate(UnpooledByteBufAllocator.DEFAULT, left, more);
            largest = Math.max(largest, left.capacity());
            while (left.readableBytes() >= frame) {
                ByteBuf piece = left.readRetainedSlice(frame);
                assertThat(piece.getByte(0)).isEqualTo(value(next));
                assertThat(piece.getByte(frame - 1)).isEqualTo(value(next));
                next++;
                held.add(piece);
            }
        }

        // Then
        assertThat(largest).isLessThanOrEqualTo(4 * (frame + read + room));
        assertThat(left.readableBytes()).isZero();
        left.release();
        release(0);
    }

    private void release(int but) {
        while (held.size() > but) {
            held.removeFirst().release();
        }
    }

    private static byte value(long frame) {
        return (byte) (frame % 127);
    }
}
