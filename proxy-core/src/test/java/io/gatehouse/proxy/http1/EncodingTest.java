// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that we write: bodies and the pieces of heads. */
class EncodingTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private final BodyEncoder encoder = new BodyEncoder();

    @Test
    void chunksAreFramedOneByOne() {
        encoder.begin(BodyEncoder.Framing.CHUNKED);

        String wire = before(5) + "hello" + before(16) + "0123456789abcdef" + end(null);

        assertThat(wire).isEqualTo("5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
    }

    @Test
    void anEmptyBodyIsTheLastChunk() {
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        assertThat(end(null)).isEqualTo("0\r\n\r\n");
    }

    @Test
    void anEmptyPieceIsNoChunk() {
        // Else it would end the body.
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        ByteBuf out = Unpooled.buffer();

        encoder.append(Unpooled.EMPTY_BUFFER, out);

        assertThat(encoder.before(0, ALLOCATOR)).isNull();
        assertThat(out.isReadable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 15, 16, 255, 256, 4095, 4096, 65535, 65536, 0xfffff, 0x100000, 0x7fffffff})
    void theSizeIsWrittenWithoutLeadingZeros(int length) {
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        assertThat(before(length)).isEqualTo(Integer.toHexString(length) + "\r\n");
        assertThat(before(length)).isEqualTo("\r\n" + Integer.toHexString(length) + "\r\n");
    }

    @ParameterizedTest
    @EnumSource(
            value = BodyEncoder.Framing.class,
            names = {"IDENTITY", "UNTIL_CLOSE"})
    void otherFramingsAddNothing(BodyEncoder.Framing framing) throws Exception {
        encoder.begin(framing);
        ByteBuf out = Unpooled.buffer();

        encoder.append(Unpooled.wrappedBuffer(Transcript.bytes("abc")), out);
        encoder.appendEnd(trailers("X: 1"), out);

        assertThat(encoder.before(3, ALLOCATOR)).isNull();
        assertThat(end(trailers("X: 1"))).isEmpty();
        assertThat(text(out)).isEqualTo("abc");
    }

    @Test
    void trailersThatMayPassFollowTheLastChunk() throws Exception {
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        String wire = before(1) + "x" + end(trailers("X-Sum:1", "Content-Type: b", "ETag:  a ", "Cookie: b"));
        assertThat(wire).isEqualTo("1\r\nx\r\n0\r\nX-Sum: 1\r\nETag: a\r\n\r\n");
    }

    @Test
    void aBodyInOneBufferIsTheSame() throws Exception {
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        ByteBuf out = Unpooled.buffer();

        encoder.append(Unpooled.wrappedBuffer(Transcript.bytes("abc")), out);
        encoder.append(Unpooled.wrappedBuffer(Transcript.bytes("d")), out);
        encoder.appendEnd(trailers("X: 1"), out);

        assertThat(text(out)).isEqualTo("3\r\nabc\r\n1\r\nd\r\n0\r\nX: 1\r\n\r\n");
    }

    static Stream<Long> numbers() {
        return Stream.of(0L, 1L, 9L, 10L, 99L, 100L, 12345L, 1_000_000_007L, 999_999_999_999_999_999L, Long.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void numbersAreDecimal(long value) {
        ByteBuf out = Unpooled.buffer();
        HeadWriter.number(value, out);
        assertThat(text(out)).isEqualTo(Long.toString(value));

        HeadWriter.contentLength(value, out.clear());
        assertThat(text(out)).isEqualTo("Content-Length: " + value + "\r\n");
    }

    @Test
    void aFieldIsWrittenAnew() throws Exception {
        ByteBuf out = Unpooled.buffer();
        HeadWriter.field(trailers("X-Mine: \t \u00e9 b\t "), 0, out);
        assertThat(text(out)).isEqualTo("X-Mine: \u00e9 b\r\n");
    }

    private String before(int length) {
        return text(encoder.before(length, ALLOCATOR));
    }

    private String end(TrailerSection trailers) {
        return text(encoder.end(trailers, ALLOCATOR));
    }

    private static String text(ByteBuf buffer) {
        String text = buffer.toString(StandardCharsets.ISO_8859_1);
        if (buffer.isDirect()) {
            buffer.release();
        }
        return text;
    }

    private static TrailerSection trailers(String... fields) throws HttpViolation {
        TrailerSection trailers = new TrailerSection(true);
        byte[] wire = Transcript.bytes(Transcript.head(fields));
        assertThat(HeadDecoder.forTrailers(HttpLimits.DEFAULT, true).decode(Unpooled.wrappedBuffer(wire), trailers))
                .isTrue();
        return trailers;
    }
}
