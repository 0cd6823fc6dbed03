// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MessageBoundaryTest {
    @Test
    void theEndOfTheLastWholeMessageIsFound() {
        MessageBoundary boundary = new MessageBoundary();
        assertThat(boundary.isAtEnd()).isTrue();
        assertThat(boundary.advance(bytes(GrpcUnderTest.message(3), GrpcUnderTest.message(0))))
                .isEqualTo(13);
        assertThat(boundary.isAtEnd()).isTrue();
        assertThat(boundary.advance(bytes(GrpcUnderTest.message(2), new byte[] {0, 0})))
                .isEqualTo(7);
        assertThat(boundary.isAtEnd()).isFalse();
        assertThat(boundary.advance(bytes(new byte[] {0, 0}))).isEqualTo(-1);
        assertThat(boundary.advance(bytes(new byte[] {1}))).isEqualTo(-1);
        assertThat(boundary.advance(bytes(new byte[] {9}))).isEqualTo(1);
        assertThat(boundary.isAtEnd()).isTrue();
    }

    @Test
    void whateverTheCutsTheEndsAreTheSame() {
        // Given: messages, and where each of them ends
        SplittableRandom random = new SplittableRandom(7);
        ByteBuf all = Unpooled.buffer();
        List<Integer> ends = new ArrayList<>(List.of(0));
        for (int i = 0; i < 200; i++) {
            all.writeBytes(GrpcUnderTest.message(random.nextInt(40)));
            ends.add(all.writerIndex());
        }
        for (int round = 0; round < 50; round++) {
            MessageBoundary boundary = new MessageBoundary();
            int from = 0;
            while (from < all.writerIndex()) {
                // When
                int to = Math.min(all.writerIndex(), from + 1 + random.nextInt(60));
                int cut = boundary.advance(all.slice(from, to - from));

                // Then
                int begin = from;
                int last = ends.stream()
                        .filter(end -> end >= begin && end <= to)
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(begin - 1);
                assertThat(cut).isEqualTo(last - begin);
                assertThat(boundary.isAtEnd()).isEqualTo(ends.contains(to));
                from = to;
            }
        }
    }

    private static ByteBuf bytes(byte[]... parts) {
        return Unpooled.wrappedBuffer(parts);
    }
}
