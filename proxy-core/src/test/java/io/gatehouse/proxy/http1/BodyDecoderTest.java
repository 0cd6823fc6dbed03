// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.http1.Transcript.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Framing of bodies. What the chunk grammar takes and refuses stands in {@link ChunkedCases}. */
class BodyDecoderTest {
    private final BodyDecoder decoder = new BodyDecoder(HttpLimits.DEFAULT, false);

    @Test
    void aBodyOfDeclaredLengthEndsThere() throws Exception {
        // Given
        decoder.begin(response("HTTP/1.1 200 OK", "Content-Length: 5"), Method.GET);
        ByteBuf in = buffer("abcdefg");

        // When
        String piece = next(in);

        // Then
        assertThat(piece).isEqualTo("abcde");
        assertThat(decoder.isDone()).isTrue();
        assertThat(next(in)).isNull();
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("fg");
    }

    @Test
    void aBodyOfDeclaredLengthSaysWhatIsMissing() throws Exception {
        decoder.begin(response("HTTP/1.1 200 OK", "Content-Length: 5"), Method.GET);

        assertThat(next(buffer("abc"))).isEqualTo("abc");

        assertThat(decoder.remaining()).isEqualTo(2);
        assertThat(decoder.isDone()).isFalse();
        assertThat(decoder.endsWithConnection()).isFalse();
    }

    @Test
    void aResponseWithoutFramingEndsWithItsConnection() throws Exception {
        decoder.begin(response("HTTP/1.1 200 OK"), Method.GET);

        assertThat(next(buffer("abc"))).isEqualTo("abc");
        assertThat(next(buffer("0\r\n\r\n"))).isEqualTo("0\r\n\r\n");

        assertThat(decoder.isDone()).isFalse();
        assertThat(decoder.endsWithConnection()).isTrue();
        assertThat(decoder.remaining()).isZero();
    }

    @Test
    void answersThatNeverHaveABodyAreDoneAtOnce() throws Exception {
        ResponseHead chunked = response("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        decoder.begin(chunked, Method.HEAD);
        assertThat(decoder.isDone()).isTrue();

        decoder.begin(response("HTTP/1.1 304 X", "Content-Length: 5"), Method.GET);
        assertThat(decoder.isDone()).isTrue();

        decoder.begin(response("HTTP/1.1 204 X"), Method.GET);
        assertThat(decoder.isDone()).isTrue();

        decoder.begin(response("HTTP/1.1 200 X", "Content-Length: 0"), Method.GET);
        assertThat(decoder.isDone()).isTrue();
    }

    @Test
    void whatFollowsAChunkedBodyIsLeftAlone() throws Exception {
        decoder.begin(response("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), Method.GET);
        ByteBuf in = buffer("1\r\nx\r\n0\r\n\r\nHTTP/1.1");

        assertThat(next(in)).isEqualTo("x");
        assertThat(next(in)).isNull();

        assertThat(decoder.isDone()).isTrue();
        assertThat(decoder.trailers()).isNull();
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1");
    }

    @Test
    void trailersBelongToTheirBody() throws Exception {
        // Given
        ResponseHead head = response("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        decoder.begin(head, Method.GET);

        // When
        assertThat(next(buffer("0\r\nX-Sum: 1\r\nY: 2\r\n\r\n"))).isNull();

        // Then
        TrailerSection trailers = decoder.trailers();
        assertThat(trailers).isNotNull();
        assertThat(trailers.fieldCount()).isEqualTo(2);
        assertThat(trailers.value("x-sum")).isEqualTo("1");

        // And the next body has none
        decoder.begin(head, Method.GET);
        assertThat(next(buffer("0\r\n\r\n"))).isNull();
        assertThat(decoder.isDone()).isTrue();
        assertThat(decoder.trailers()).isNull();
    }

    @Test
    void piecesShareTheBytesThatWereRead() throws Exception {
        decoder.begin(response("HTTP/1.1 200 OK", "Content-Length: 3"), Method.GET);
        ByteBuf in = buffer("abc");

        ByteBuf piece = decoder.next(in);

        assertThat(piece.array()).isSameAs(in.array());
        assertThat(in.refCnt()).isEqualTo(2);
        piece.release();
    }

    private String next(ByteBuf in) throws HttpViolation {
        ByteBuf piece = decoder.next(in);
        if (piece == null) {
            return null;
        }
        String text = piece.toString(StandardCharsets.ISO_8859_1);
        piece.release();
        return text;
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(Transcript.bytes(text));
    }

    private static ResponseHead response(String... lines) throws HttpViolation {
        ResponseHead head = new ResponseHead();
        assertThat(HeadDecoder.forResponses(HttpLimits.DEFAULT).decode(buffer(head(lines)), head))
                .isTrue();
        return head;
    }
}
