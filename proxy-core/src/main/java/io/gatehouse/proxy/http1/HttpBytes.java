// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Character classes of RFC 9110 and RFC 3986 as one table look-up per byte. The two questions that are asked of every byte
 * of a head, where its line ends and whether a value has a control character, are asked of eight at a time.
 */
final class HttpBytes {
    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte SP = ' ';
    static final byte HTAB = '\t';
    static final byte COLON = ':';

    private static final byte TOKEN = 1;
    private static final byte FIELD_VALUE = 2;
    private static final byte PATH = 4;
    private static final byte QUERY = 8;
    private static final byte HOST = 16;
    private static final byte HEX = 32;

    private static final byte[] CLASSES = classes();

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long SPACES = ONES * SP;
    private static final long LINE_FEEDS = ONES * LF;
    private static final long DELETES = ONES * 0x7f;

    private HttpBytes() {}

    /** RFC 9110 section 5.6.2 {@code tchar}. */
    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /** RFC 9110 section 5.5: {@code VCHAR}, {@code obs-text}, SP and HTAB; no control character. */
    static boolean isFieldValue(byte b) {
        return (CLASSES[b & 0xff] & FIELD_VALUE) != 0;
    }

    /**
     * RFC 3986 {@code pchar} and {@code /}, plus the visible characters that browsers send unescaped in a path
     * ({@code " < > [ ] ^ ` { | }}). No backslash, no {@code #}, nothing beyond ASCII.
     */
    static boolean isPath(byte b) {
        return (CLASSES[b & 0xff] & PATH) != 0;
    }

    /** Every visible ASCII character but {@code #}: browsers leave most of them alone in a query. */
    static boolean isQuery(byte b) {
        return (CLASSES[b & 0xff] & QUERY) != 0;
    }

    /** What a host and port may consist of: unreserved, {@code :} and brackets; no {@code %}, so no IPv6 zones. */
    static boolean isHost(byte b) {
        return (CLASSES[b & 0xff] & HOST) != 0;
    }

    /** Where the first LF in {@code bytes[start, end)} stands; {@code end} where there is none. */
    static int indexOfLf(byte[] bytes, int start, int end) {
        int at = start;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long found = zeroBytes((long) LONGS.get(bytes, at) ^ LINE_FEEDS);
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < end && bytes[at] != LF) {
            at++;
        }
        return at;
    }

    /** Whether all of {@code bytes[start, end)} may stand in a field value ({@link #isFieldValue}). */
    static boolean areFieldValue(byte[] bytes, int start, int end) {
        int at = start;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long eight = (long) LONGS.get(bytes, at);
            long belowSpace = (eight - SPACES) & ~eight & HIGH_BITS;
            // HTAB is below SP and allowed, so that the table decides about these eight.
            if ((belowSpace | zeroBytes(eight ^ DELETES)) != 0 && !areFieldValueByTable(bytes, at, at + Long.BYTES)) {
                return false;
            }
        }
        return areFieldValueByTable(bytes, at, end);
    }

    private static boolean areFieldValueByTable(byte[] bytes, int start, int end) {
        for (int at = start; at < end; at++) {
            if (!isFieldValue(bytes[at])) {
                return false;
            }
        }
        return true;
    }

    /** The high bit of the lowest byte that is zero, and perhaps of bytes above it; 0 where none is. */
    private static long zeroBytes(long eight) {
        return (eight - ONES) & ~eight & HIGH_BITS;
    }

    static boolean isHex(byte b) {
        return (CLASSES[b & 0xff] & HEX) != 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isWhitespace(byte b) {
        return b == SP || b == HTAB;
    }

    /** The value of a hex digit; the caller has asked {@link #isHex(byte)}. */
    static int hexValue(byte b) {
        return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
    }

    /** ASCII letters to lower case, everything else as it is. */
    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** Whether {@code bytes[start, end)} is {@code lowerCase}, whatever the case of its letters. */
    static boolean equalsIgnoreCase(byte[] bytes, int start, int end, byte[] lowerCase) {
        if (end - start != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if (lower(bytes[start + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code bytes[start, end)} begins with {@code lowerCase}, whatever the case of its letters. */
    static boolean startsWithIgnoreCase(byte[] bytes, int start, int end, byte[] lowerCase) {
        return end - start >= lowerCase.length && equalsIgnoreCase(bytes, start, start + lowerCase.length, lowerCase);
    }

    private static byte[] classes() {
        byte[] table = new byte[256];
        for (int c = 0x21; c < 0x7f; c++) {
            table[c] |= FIELD_VALUE;
            if (c != '#') {
                table[c] |= QUERY;
                if (c != '\\' && c != '?') {
                    table[c] |= PATH;
                }
            }
        }
        for (int c = 0x80; c < 0x100; c++) {
            table[c] |= FIELD_VALUE;
        }
        table[SP] |= FIELD_VALUE;
        table[HTAB] |= FIELD_VALUE;
        mark(table, "!#$%&'*+-.^_`|~", TOKEN);
        mark(table, "-._~:[]", HOST);
        for (int c = '0'; c <= '9'; c++) {
            table[c] |= TOKEN | HOST | HEX;
        }
        for (int c = 'a'; c <= 'z'; c++) {
            table[c] |= TOKEN | HOST;
            table[c - 0x20] |= TOKEN | HOST;
        }
        mark(table, "abcdefABCDEF", HEX);
        return table;
    }

    private static void mark(byte[] table, String characters, byte mask) {
        for (int i = 0; i < characters.length(); i++) {
            table[characters.charAt(i)] |= mask;
        }
    }
}
