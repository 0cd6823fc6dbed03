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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static BodyFilter filter() throws Exception {
        BodyFilter filter = GzipBodyFilter.before(
                new Passing(), Heads.response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"));
        assertThat(filter).isNotNull();
        return filter;
    }

    private void inflate(byte[] coded, int read, Consumer<ByteBuf> out) throws Exception {
        inflate(coded, read, read, out);
    }

    /** {@code chunk}: as they stand in what is read. */
    private void inflate(byte[] coded, int read, int chunk, Consumer<ByteBuf> out) throws Exception {
        try (BodyFilter filter = filter()) {
            for (int from = 0; from < coded.length; from += read) {
                atOnce = 0;
                int end = Math.min(from + read, coded.length);
                for (int at = from; at < end; at += chunk) {
                    filter.filter(Unpooled.copiedBuffer(coded, at, Math.min(chunk, end - at)), out);
                }
                filter.onReadComplete();
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
    void smallReadsDoNotHoldMuchMoreThanWhatCameOut() throws Exception {
        byte[] coded = gzip(ascii("<tr><td>a row like all the others</td></tr>\n".repeat(2_000)));
        AtomicLong held = new AtomicLong();

        inflate(coded, 1, piece -> {
            held.addAndGet(piece.capacity());
            keep(piece);
        });

        assertThat(held.get()).isLessThan(4L * plain.size() + 64L * coded.length);
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

    @ParameterizedTest
    @ValueSource(ints = {LARGEST_READ, 16 << 10, 1 << 10})
    void whatGrowsAsMuchAsIsAllowedIsStillNotHeldWithoutALimit(int chunk) throws Exception {
        // Given: 190 times its size, by bytes that do not shrink between those that do
        byte[] block = new byte[190 << 10];
        new Random(7).nextBytes(block);
        Arrays.fill(block, 1 << 10, block.length, (byte) 0);
        byte[][] blocks = new byte[400][];
        Arrays.fill(blocks, block);
        byte[] coded = gzip(blocks);
        assertThat(coded.length).isGreaterThan(LARGEST_READ);

        assertThatThrownBy(() -> inflate(coded, LARGEST_READ, chunk, this::count))
                .isInstanceOf(HttpViolation.class);

        assertThat(mostAtOnce).isBetween(10L << 20, 17L << 20);
    }

    /** A member with every field that a header may have (RFC 1952, section 2.3). */
    private static byte[] memberWithAllFields(String text) throws Exception {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        member.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 3});
        member.writeBytes(new byte[] {3, 0, 'x', 0, 'y'});
        member.writeBytes("page.html\0a comment\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 headerCrc = new CRC32();
        headerCrc.update(member.toByteArray());
        member.write((int) headerCrc.getValue());
        member.write((int) headerCrc.getValue() >>> 8);
        byte[] plainMember = gzip(ascii(text));
        member.write(plainMember, 10, plainMember.length - 10);
        return member.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** In two reads, cut after each byte, and byte by byte. */
    private void assertInflates(byte[] coded, String expected) throws Exception {
        for (int cut = 1; cut <= coded.length; cut++) {
            plain.reset();
            inflate(coded, cut, this::keep);
            assertThat(plain.toString(StandardCharsets.ISO_8859_1))
                    .as("in reads of %d bytes", cut)
                    .isEqualTo(expected);
        }
        for (int cut = 0; cut <= coded.length; cut++) {
            plain.reset();
            inflateCut(coded, cut);
            assertThat(plain.toString(StandardCharsets.ISO_8859_1))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
    }

    private void inflateCut(byte[] coded, int cut) throws Exception {
        try (BodyFilter filter = filter()) {
            filter.filter(Unpooled.copiedBuffer(coded, 0, cut), this::keep);
            filter.filter(Unpooled.copiedBuffer(coded, cut, coded.length - cut), this::keep);
            filter.finish(this::keep);
        }
    }

    @Test
    void aBodyOfSeveralMembersIsAllOfThem() throws Exception {
        assertInflates(
                joined(gzip(ascii("<p>one</p>")), memberWithAllFields("<p>two</p>"), gzip(), gzip(ascii("three"))),
                "<p>one</p><p>two</p>three");
    }

    /** As gunzip: zeros are padding, and what does not begin as a member does is none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                "garbage",
                "\0\0garbage",
                "\u001f",
                "\u001f\0",
                "\0\u001f\u008b"
            })
    void whatFollowsTheLastMemberIsLeftOut(String trailing) throws Exception {
        assertInflates(joined(gzip(ascii("one")), gzip(ascii("two")), ascii(trailing)), "onetwo");
    }

    @Test
    void nothingButPaddingIsNoGzip() {
        assertThatThrownBy(() -> inflate(new byte[32], 32, this::keep)).isInstanceOf(HttpViolation.class);
    }

    @Test
    void aMemberThatIsCutOffIsABodyThatEndsTooEarly() throws Exception {
        byte[] first = gzip(ascii("one"));
        byte[] second = memberWithAllFields("two");
        for (int length = 2; length < second.length; length++) {
            byte[] coded = joined(first, Arrays.copyOf(second, length));
            assertThatThrownBy(() -> inflate(coded, coded.length, this::keep))
                    .as("%d bytes of the second member", length)
                    .isInstanceOf(HttpViolation.class)
                    .hasMessageContaining("too early");
        }
    }

    /** Method, a reserved flag, the header's and the data's check sum, the data's length. */
    @ParameterizedTest
    @CsvSource({"2,9", "3,0xff", "36,1", "-8,1", "-4,1", "40,0xff"})
    void aMemberThatIsBrokenIsNoGzip(int at, String xor) throws Exception {
        byte[] second = memberWithAllFields("two");
        second[at < 0 ? second.length + at : at] ^= Integer.decode(xor).byteValue();
        byte[] coded = joined(gzip(ascii("one")), second);

        assertThatThrownBy(() -> inflate(coded, coded.length, this::keep))
                .isInstanceOf(HttpViolation.class)
                .hasMessageContaining("is not");
    }

    @Test
    void membersShareTheLimits() throws Exception {
        byte[] member = gzip(new byte[64 << 10]);
        byte[][] members = new byte[1_000][];
        Arrays.fill(members, member);

        assertThatThrownBy(() -> inflate(joined(members), LARGEST_READ, this::count))
                .isInstanceOf(HttpViolation.class);

        assertThat(mostAtOnce).isBetween(1L << 20, 3L << 20);
    }
}
