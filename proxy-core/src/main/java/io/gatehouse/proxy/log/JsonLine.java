// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import java.util.Arrays;

/**
 * One JSON object on one line, written as bytes without strings in between. Every byte that a client sent is escaped:
 * no control character, no quote and nothing beyond ASCII reaches the log as it came.
 */
public final class JsonLine {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int LONGEST_TEXT = 4096;

    private final AccessLog.Sink sink;
    private byte[] bytes = new byte[1024];
    private int length;

    JsonLine(AccessLog.Sink sink) {
        this.sink = sink;
    }

    JsonLine begin() {
        length = 0;
        put('{');
        return this;
    }

    /** A member with ASCII text of our own. */
    public JsonLine member(String name, String value) {
        name(name);
        put('"');
        int end = Math.min(value.length(), LONGEST_TEXT);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            escaped(c < 0x100 ? c : '?');
        }
        put('"');
        return this;
    }

    /** A member with bytes as they came; cut after 4 KiB. */
    public JsonLine member(String name, byte[] value, int start, int end) {
        name(name);
        put('"');
        int cut = Math.min(end, start + LONGEST_TEXT);
        for (int i = start; i < cut; i++) {
            escaped(value[i] & 0xff);
        }
        put('"');
        return this;
    }

    public JsonLine member(String name, long value) {
        name(name);
        number(value);
        return this;
    }

    /** Milliseconds with three decimals. */
    public JsonLine milliseconds(String name, long nanos) {
        name(name);
        long micros = nanos / 1000;
        number(micros / 1000);
        int fraction = (int) (micros % 1000);
        put('.');
        put('0' + fraction / 100);
        put('0' + fraction / 10 % 10);
        put('0' + fraction % 10);
        return this;
    }

    /** Sixteen hex digits. */
    public JsonLine hex(String name, long value) {
        name(name);
        put('"');
        for (int shift = 60; shift >= 0; shift -= 4) {
            put(HEX[(int) (value >>> shift) & 15]);
        }
        put('"');
        return this;
    }

    /** Completes the line and gives it to the sink. */
    public void end() {
        put('}');
        put('\n');
        sink.append(bytes, length);
    }

    private void name(String name) {
        if (length > 1) {
            put(',');
        }
        put('"');
        for (int i = 0; i < name.length(); i++) {
            put(name.charAt(i));
        }
        put('"');
        put(':');
    }

    private void escaped(int c) {
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            put(c);
        } else {
            put('\\');
            put('u');
            put('0');
            put('0');
            put(HEX[c >> 4]);
            put(HEX[c & 15]);
        }
    }

    private void number(long value) {
        if (value < 0) {
            put('-');
        }
        // Digit by digit, because the smallest number has no positive counterpart.
        long divisor = 1;
        while (value / divisor >= 10 || value / divisor <= -10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            put((int) ('0' + Math.abs(value / divisor % 10)));
        }
    }

    private void put(int b) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) b;
    }
}
