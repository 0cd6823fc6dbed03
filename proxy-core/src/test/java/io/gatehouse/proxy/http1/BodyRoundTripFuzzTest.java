// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A chunked body that is taken, framed anew as the proxy does it, and taken again is the same body. */
class BodyRoundTripFuzzTest {
    private static final HttpLimits TIGHT = new HttpLimits(128, 512, 8);
    private static final ResponseHead CHUNKED = chunkedHead();

    @FuzzTest(maxDuration = "15s")
    void aBodyFramedAnewIsTheSameBody(byte[] input) throws HttpViolation {
        ByteBuf framedAnew = Unpooled.buffer();
        String body;
        try {
            body = decode(TIGHT, Unpooled.wrappedBuffer(input), framedAnew);
        } catch (HttpViolation refused) {
            return;
        }
        if (body != null) {
            ByteBuf again = Unpooled.buffer();
            // A field written anew has a space behind its colon, which may be one byte too many for the tight limits.
            assertThat(decode(HttpLimits.DEFAULT, framedAnew, again)).isEqualTo(body);
            assertThat(framedAnew.isReadable()).as("nothing behind the body").isFalse();
            assertThat(again)
                    .as("framing does not depend on what was there before")
                    .isEqualTo(framedAnew.readerIndex(0));
        }
    }

    /** The body in {@code in}, written to {@code out} piece by piece; null where it is not whole. */
    private static @Nullable String decode(HttpLimits limits, ByteBuf in, ByteBuf out) throws HttpViolation {
        BodyDecoder decoder = new BodyDecoder(limits, false);
        BodyEncoder encoder = new BodyEncoder();
        encoder.begin(BodyEncoder.Framing.CHUNKED);
        decoder.begin(CHUNKED, Method.GET);
        StringBuilder body = new StringBuilder();
        for (ByteBuf piece = decoder.next(in); piece != null; piece = decoder.next(in)) {
            body.append(piece.toString(StandardCharsets.ISO_8859_1));
            encoder.append(piece, out);
            piece.release();
        }
        if (!decoder.isDone()) {
            return null;
        }
        ByteBuf end = encoder.end(decoder.trailers(), UnpooledByteBufAllocator.DEFAULT);
        out.writeBytes(end);
        end.release();
        return body.toString();
    }

    private static ResponseHead chunkedHead() {
        ResponseHead head = new ResponseHead();
        ByteBuf wire = Unpooled.wrappedBuffer(Transcript.bytes(ChunkedCases.RESPONSE_HEAD));
        try {
            assertThat(HeadDecoder.forResponses(HttpLimits.DEFAULT).decode(wire, head))
                    .isTrue();
        } catch (HttpViolation impossible) {
            throw new AssertionError(impossible);
        }
        return head;
    }
}
