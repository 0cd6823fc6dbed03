// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallWritesTest {
    private static final int LARGE = 4 << 10;

    private final EmbeddedChannel channel = new EmbeddedChannel(new SmallWrites());

    @Test
    void smallOnesGoOutAsOneWithTheFlush() {
        // When
        ChannelFuture first = channel.write(bytes(1, 9));
        ChannelFuture second = channel.write(bytes(2, 100));
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        assertThat(first.isDone()).isFalse();
        channel.flush();

        // Then
        assertThat(sent()).containsExactly("1x9,2x100");
        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isSuccess()).isTrue();
    }

    @Test
    void aLargeOneStaysInItsPlaceAndIsNotCopied() {
        // Given
        ByteBuf large = bytes(2, LARGE);

        // When
        channel.write(bytes(1, 9));
        channel.write(large);
        channel.write(bytes(3, 9));
        channel.flush();

        // Then
        ByteBuf head = channel.readOutbound();
        head.release();
        ByteBuf body = channel.readOutbound();
        assertThat(body).isSameAs(large);
        body.release();
        assertThat(sent()).containsExactly("3x9");
    }

    @Test
    void whatIsTooMuchForOneGoesOutAsSeveralInOrder() {
        // When
        for (int i = 0; i < 100; i++) {
            channel.write(bytes(i, 1000));
        }
        channel.flush();

        // Then
        List<String> sent = sent();
        assertThat(sent).hasSizeBetween(4, 8);
        assertThat(String.join(",", sent).split(",")).hasSize(100).startsWith("0x1000", "1x1000");
    }

    @Test
    void whatWasNotFlushedFailsWithTheConnection() {
        // Given
        ByteBuf data = bytes(1, 9);
        ChannelFuture write = channel.write(data);

        // When
        channel.close();

        // Then
        assertThat(data.refCnt()).isZero();
        assertThat(write.isDone()).isTrue();
        assertThat(write.isSuccess()).isFalse();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
    }

    @Test
    void aFlushWithNothingSendsNothing() {
        channel.flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        assertThat(sent()).containsExactly("");
    }

    private static ByteBuf bytes(int value, int count) {
        return Unpooled.buffer(count).writeZero(count).setBytes(0, value(value, count));
    }

    private static byte[] value(int value, int count) {
        byte[] all = new byte[count];
        Arrays.fill(all, (byte) value);
        return all;
    }

    /** What went out, each as its runs of equal bytes. */
    private List<String> sent() {
        List<String> all = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.add(runs(ByteBufUtil.getBytes(next)));
            next.release();
        }
        return all;
    }

    private static String runs(byte[] bytes) {
        List<String> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] != bytes[begin]) {
                runs.add(bytes[begin] + "x" + (i - begin));
                begin = i;
            }
        }
        return bytes.length == 0 ? "" : String.join(",", runs);
    }
}
