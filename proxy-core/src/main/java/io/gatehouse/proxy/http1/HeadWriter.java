// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The pieces that outgoing heads are made of. */
public final class HeadWriter {
    public static final int CR_LF = '\r' << 8 | '\n';

    private static final int COLON_SPACE = ':' << 8 | ' ';
    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");

    private HeadWriter() {}

    /** Constant parts of heads, made once. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One field line, built anew from name and value. */
    public static void field(MessageHead head, int field, ByteBuf out) {
        byte[] bytes = head.bytes();
        int nameStart = head.nameStart(field);
        out.writeBytes(bytes, nameStart, head.nameEnd(field) - nameStart);
        out.writeShort(COLON_SPACE);
        int valueStart = head.valueStart(field);
        out.writeBytes(bytes, valueStart, head.valueEnd(field) - valueStart);
        out.writeShort(CR_LF);
    }

    public static void contentLength(long length, ByteBuf out) {
        out.writeBytes(CONTENT_LENGTH);
        number(length, out);
        out.writeShort(CR_LF);
    }

    /** A non-negative number in decimal, without a string in between. */
    public static void number(long value, ByteBuf out) {
        long divisor = 1;
        while (value / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            out.writeByte((int) ('0' + value / divisor % 10));
        }
    }
}
