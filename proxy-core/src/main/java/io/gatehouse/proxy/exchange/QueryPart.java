// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes the query of a forwarded request, byte by byte as it came, but for the one parameter that says in whose name it is
 * made: a client's own is left out, and ours comes first.
 */
final class QueryPart {
    private static final int ESCAPE = 3;
    private static final int LONG_ESCAPE = 6;
    private static final byte[] HEX = HeadWriter.ascii("0123456789ABCDEF");

    private QueryPart() {}

    /** How many bytes it may add to what came. */
    static int growth(Boundary boundary, Principal user) {
        return boundary.tellsUser()
                ? boundary.userParameter().length + ESCAPE * user.name().length() + 2
                : 0;
    }

    /** With its {@code ?}, unless there is nothing to write. */
    static void write(RequestHead head, Boundary boundary, Principal user, ByteBuf out) {
        byte[] parameter = boundary.userParameter();
        int end = head.targetEnd();
        if (parameter.length == 0) {
            out.writeBytes(head.bytes(), head.pathEnd(), end - head.pathEnd());
            return;
        }
        char separator = '?';
        if (boundary.tellsUser() && !user.name().isEmpty()) {
            out.writeByte(separator).writeBytes(parameter).writeByte('=');
            escaped(user.name(), out);
            separator = '&';
        }
        int at = head.pathEnd();
        while (at < end) {
            // At the question mark, or at an ampersand.
            int next = next(head.bytes(), at + 1, end);
            if (!isNamed(head.bytes(), at + 1, next, parameter)) {
                out.writeByte(separator).writeBytes(head.bytes(), at + 1, next - at - 1);
                separator = '&';
            }
            at = next;
        }
    }

    private static int next(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != '&') {
            at++;
        }
        return at;
    }

    /** Whether a servlet container takes {@code bytes[start, end)} for the parameter: it decodes the name, some also {@code %u0064}. */
    private static boolean isNamed(byte[] bytes, int start, int end, byte[] parameter) {
        int at = start;
        for (byte wanted : parameter) {
            if (at >= end) {
                return false;
            }
            if (bytes[at] != '%') {
                if (bytes[at++] != wanted) {
                    return false;
                }
            } else if (isUnicodeEscape(bytes, at, end)) {
                if (hex(bytes, at + 2) != 0 || hex(bytes, at + 4) != wanted) {
                    return false;
                }
                at += LONG_ESCAPE;
            } else if (at + ESCAPE <= end && hex(bytes, at + 1) == wanted) {
                at += ESCAPE;
            } else {
                return false;
            }
        }
        return at == end || bytes[at] == '=';
    }

    private static boolean isUnicodeEscape(byte[] bytes, int at, int end) {
        return at + LONG_ESCAPE <= end && (bytes[at + 1] | 0x20) == 'u';
    }

    /** The value of two hex digits; -1 or less where they are none. */
    private static int hex(byte[] bytes, int at) {
        int high = Character.digit(bytes[at], 16);
        int low = Character.digit(bytes[at + 1], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static void escaped(String name, ByteBuf out) {
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean unreserved = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '-'
                    || b == '.'
                    || b == '_'
                    || b == '~';
            if (unreserved) {
                out.writeByte(b);
            } else {
                out.writeByte('%').writeByte(HEX[(b >> 4) & 15]).writeByte(HEX[b & 15]);
            }
        }
    }
}
