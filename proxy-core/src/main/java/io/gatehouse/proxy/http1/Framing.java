// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

/** Checks that requests and responses share: the grammar of Content-Length and Host. */
final class Framing {
    /** 18 digits: no overflow, and an exabyte is enough. */
    private static final int MAX_DIGITS = 18;

    private Framing() {}

    /** The value of a Content-Length field, or -1 where it is anything but digits (a list, a sign, nothing). */
    static long contentLength(MessageHead head, int field) {
        byte[] bytes = head.bytes();
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (start == end || end - start > MAX_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (!HttpBytes.isDigit(bytes[i])) {
                return -1;
            }
            value = value * 10 + (bytes[i] - '0');
        }
        return value;
    }

    /** RFC 9110 section 7.2: {@code uri-host [ ":" port ]}, no user info, no zone. */
    static boolean isHost(byte[] bytes, int start, int end) {
        int at = start;
        if (at < end && bytes[at] == '[') {
            at = addressEnd(bytes, start + 1, end);
        } else {
            while (at < end && HttpBytes.isHost(bytes[at]) && bytes[at] != ':') {
                if (bytes[at] == '[' || bytes[at] == ']') {
                    return false;
                }
                at++;
            }
        }
        return at > start && (at == end || isPort(bytes, at, end));
    }

    /** The end of an IPv6 address in brackets, told from other things by its characters and two colons; -1 for those. */
    private static int addressEnd(byte[] bytes, int start, int end) {
        int at = start;
        int colons = 0;
        while (at < end && (HttpBytes.isHex(bytes[at]) || bytes[at] == ':' || bytes[at] == '.')) {
            colons += bytes[at++] == ':' ? 1 : 0;
        }
        return at == end || bytes[at] != ']' || colons < 2 ? -1 : at + 1;
    }

    private static boolean isPort(byte[] bytes, int colon, int end) {
        if (bytes[colon] != ':' || end - colon < 2 || end - colon > 6) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < end; i++) {
            if (!HttpBytes.isDigit(bytes[i])) {
                return false;
            }
            port = port * 10 + (bytes[i] - '0');
        }
        return port > 0 && port <= 65535;
    }
}
