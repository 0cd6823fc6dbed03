// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gives an outgoing body framing of its own. The CR LF that ends a chunk is written together with the next chunk's size,
 * so a chunk costs one small buffer besides its data.
 */
public final class BodyEncoder {
    /** How the end of the body is told. */
    public enum Framing {
        /** No body, or exactly the declared length: bytes pass as they are. */
        IDENTITY,
        /** RFC 9112 section 7.1. */
        CHUNKED,
        /** The end of the connection ends the body: HTTP/1.0 clients and bodies of unknown length. */
        UNTIL_CLOSE
    }

    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_SIZE_LINE = 12;
    private static final int CR_LF = '\r' << 8 | '\n';

    private Framing framing = Framing.IDENTITY;
    private boolean first = true;

    public void begin(Framing outgoing) {
        framing = outgoing;
        first = true;
    }

    /** What has to be written before the next {@code length} bytes of body, or null. The caller owns it. */
    public @Nullable ByteBuf before(int length, ByteBufAllocator allocator) {
        if (framing != Framing.CHUNKED || length == 0) {
            return null;
        }
        ByteBuf size = allocator.ioBuffer(MAX_SIZE_LINE);
        sizeLine(length, size);
        return size;
    }

    /** The same into a buffer that is at hand, with the bytes behind it. */
    public void append(ByteBuf data, ByteBuf out) {
        if (framing == Framing.CHUNKED && data.isReadable()) {
            sizeLine(data.readableBytes(), out);
        }
        out.writeBytes(data);
    }

    private void sizeLine(int length, ByteBuf out) {
        if (!first) {
            out.writeShort(CR_LF);
        }
        first = false;
        int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(length)) / 4);
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            out.writeByte(HEX[length >> shift & 15]);
        }
        out.writeShort(CR_LF);
    }

    /** What ends the body: the last chunk and the trailers that may pass. {@link Unpooled#EMPTY_BUFFER} for none. */
    public ByteBuf end(@Nullable TrailerSection trailers, ByteBufAllocator allocator) {
        if (framing != Framing.CHUNKED) {
            return Unpooled.EMPTY_BUFFER;
        }
        ByteBuf out = allocator.ioBuffer(trailers == null ? 16 : 16 + trailers.length());
        appendEnd(trailers, out);
        return out;
    }

    /** The same into a buffer that is at hand. */
    public void appendEnd(@Nullable TrailerSection trailers, ByteBuf out) {
        if (framing != Framing.CHUNKED) {
            return;
        }
        if (!first) {
            out.writeShort(CR_LF);
        }
        out.writeBytes(LAST_CHUNK);
        if (trailers != null) {
            for (int field = 0; field < trailers.fieldCount(); field++) {
                if (trailers.mayPass(field)) {
                    HeadWriter.field(trailers, field, out);
                }
            }
        }
        out.writeShort(CR_LF);
    }
}
