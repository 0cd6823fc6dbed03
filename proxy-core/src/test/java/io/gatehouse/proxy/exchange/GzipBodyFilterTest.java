// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.GzipBodyFilter;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipBodyFilterTest {
    /** As much as one read takes from an upstream at most. */
    private static final int LARGEST_READ = 256 << 10;

    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private long mostAtOnce;
    private long atOnce;

    /** Passes on what is inflated. */
    private static final class Passing implements BodyFilter {
        @Override
        public void filter(ByteBuf in, Consumer<ByteBuf> out) {
            out.accept(in);
        }

        @Override
        public void finish(Consumer<ByteBuf> out) {
            // Nothing is held.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    private void inflate(byte[] coded, int read, Consumer<ByteBuf> out) throws Exception {
        BodyFilter filter = GzipBodyFilter.before(
                new Passing(), Heads.response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"));
        assertThat(filter).isNotNull();
        try (filter) {
            for (int from = 0; from < coded.length; from += read) {
                atOnce = 0;
                filter.filter(Unpooled.copiedBuffer(coded, from, Math.min(read, coded.length - from)), out);
            }
            filter.finish(out);
        }
    }

    private void keep(ByteBuf piece) {
        plain.writeBytes(ByteBufUtil.getBytes(piece));
        piece.release();
    }

    private void count(ByteBuf piece) {
        atOnce += piece.readableBytes();
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        piece.release();
    }

    private static byte[] gzip(byte[]... parts) throws Exception {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            for (byte[] part : parts) {
                gzip.write(part);
            }
        }
        return coded.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1024, 1 << 20})
    void aPageComesOutWholeHoweverItIsCut(int read) throws Exception {
        byte[] page =
                "<tr><td>a row like all the others</td></tr>\n".repeat(2_000).getBytes(StandardCharsets.US_ASCII);

        inflate(gzip(page), read, this::keep);

        assertThat(plain.toByteArray()).isEqualTo(page);
    }

    @Test
    void aBodyWithoutABodyIsNoBodyThatEndsTooEarly() throws Exception {
        inflate(new byte[0], 1, this::keep);
        assertThat(plain.size()).isZero();
    }

    @Test
    void whatDidNotGrowAtFirstMayNotGrowTheMoreLater() throws Exception {
        byte[] noise = new byte[3 << 19];
        new Random(7).nextBytes(noise);
        byte[] bomb = gzip(noise, new byte[64 << 20]);

        assertThatThrownBy(() -> inflate(bomb, LARGEST_READ, this::count)).isInstanceOf(HttpViolation.class);

        assertThat(mostAtOnce).isLessThan(3 << 20);
    }

    @Test
    void whatGrowsAsMuchAsIsAllowedIsStillNotHeldWithoutALimit() throws Exception {
        // Given: 190 times its size, by bytes that do not shrink between those that do
        byte[] block = new byte[190 << 10];
        new Random(7).nextBytes(block);
        Arrays.fill(block, 1 << 10, block.length, (byte) 0);
        byte[][] blocks = new byte[400][];
        Arrays.fill(blocks, block);
        byte[] coded = gzip(blocks);
        assertThat(coded.length).isGreaterThan(LARGEST_READ);

        assertThatThrownBy(() -> inflate(coded, LARGEST_READ, this::count)).isInstanceOf(HttpViolation.class);

        assertThat(mostAtOnce).isBetween(10L << 20, 17L << 20);
    }
}
