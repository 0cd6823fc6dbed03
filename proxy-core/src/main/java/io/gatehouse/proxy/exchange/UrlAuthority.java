// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.HeadWriter;
import org.jspecify.annotations.Nullable;

/**
 * Host and port in a URL reference (RFC 3986, section 4.2). A port that is the scheme's own is the same as none (section 6.2.3).
 *
 * @param start of the host in {@code bytes}
 * @param end where the path begins, or whatever follows
 * @param schemesPort the port that need not be named; 0 where the reference names no scheme
 */
record UrlAuthority(byte[] bytes, int start, int end, int schemesPort) {
    private static final byte[] HTTP = HeadWriter.ascii("http://");
    private static final byte[] HTTPS = HeadWriter.ascii("https://");
    private static final byte[] NETWORK_PATH = HeadWriter.ascii("//");
    private static final int LONGEST_PORT = 5;

    /** Of the reference in {@code [start, end)}; null where it has none, or a scheme of another kind. */
    static @Nullable UrlAuthority of(byte[] bytes, int start, int end) {
        if (startsWith(bytes, start, end, HTTP)) {
            return upToPath(bytes, start + HTTP.length, end, 80);
        }
        if (startsWith(bytes, start, end, HTTPS)) {
            return upToPath(bytes, start + HTTPS.length, end, 443);
        }
        return startsWith(bytes, start, end, NETWORK_PATH)
                ? upToPath(bytes, start + NETWORK_PATH.length, end, 0)
                : null;
    }

    private static UrlAuthority upToPath(byte[] bytes, int start, int limit, int schemesPort) {
        int end = start;
        while (end < limit && "/?#\\".indexOf(bytes[end]) < 0) {
            end++;
        }
        return new UrlAuthority(bytes, start, end, schemesPort);
    }

    /** Whether it is the {@code host[:port]} in {@code [from, to)}. */
    boolean is(byte[] other, int from, int to) {
        int nameEnd = nameEnd(bytes, start, end);
        int otherNameEnd = nameEnd(other, from, to);
        int port = port(bytes, nameEnd, end);
        int otherPort = port(other, otherNameEnd, to);
        return same(bytes, start, nameEnd, other, from, otherNameEnd)
                && (port == otherPort || (isLeftOut(port) && isLeftOut(otherPort)));
    }

    private boolean isLeftOut(int port) {
        return port == 0 || port == schemesPort;
    }

    /** Where a colon and nothing but a few digits begin; the colons of an IPv6 address stand in brackets. */
    private static int nameEnd(byte[] bytes, int from, int to) {
        int digits = to;
        while (digits > from && to - digits < LONGEST_PORT && bytes[digits - 1] >= '0' && bytes[digits - 1] <= '9') {
            digits--;
        }
        return digits > from && bytes[digits - 1] == ':' ? digits - 1 : to;
    }

    private static int port(byte[] bytes, int nameEnd, int to) {
        int port = 0;
        for (int i = nameEnd + 1; i < to; i++) {
            port = port * 10 + bytes[i] - '0';
        }
        return port;
    }

    private static boolean startsWith(byte[] bytes, int start, int end, byte[] prefix) {
        return end - start >= prefix.length && same(bytes, start, start + prefix.length, prefix, 0, prefix.length);
    }

    /** Whatever the case of their letters. */
    private static boolean same(byte[] left, int leftStart, int leftEnd, byte[] right, int rightStart, int rightEnd) {
        if (leftEnd - leftStart != rightEnd - rightStart) {
            return false;
        }
        for (int i = 0; i < leftEnd - leftStart; i++) {
            if (lower(left[leftStart + i]) != lower(right[rightStart + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }
}
