// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

/**
 * The rules for a path that is routed on and forwarded byte by byte: nothing in it may mean another path to the upstream
 * than it means here.
 */
final class RequestPath {
    private RequestPath() {}

    /**
     * Refuses characters outside the grammar, broken percent-encoding, encoded {@code / \ .} and NUL, and segments
     * {@code .} and {@code ..}, also with a parameter behind them ({@code ..;x}): servlet containers drop the parameter
     * first and resolve the segment then. Everything else stays as it came, {@code %25}, {@code %3F} and {@code %23} among it.
     */
    static void check(byte[] bytes, int start, int end) throws HttpViolation {
        int segment = start + 1;
        for (int at = start; at < end; at++) {
            byte b = bytes[at];
            if (!HttpBytes.isPath(b)) {
                throw HttpViolation.request("character in the path that must be percent-encoded");
            }
            if (b == '%') {
                checkEscape(bytes, at, end);
            } else if (b == '/') {
                checkSegment(bytes, segment, at);
                segment = at + 1;
            }
        }
        checkSegment(bytes, segment, end);
    }

    private static void checkEscape(byte[] bytes, int at, int end) throws HttpViolation {
        if (at + 2 >= end || !HttpBytes.isHex(bytes[at + 1]) || !HttpBytes.isHex(bytes[at + 2])) {
            throw HttpViolation.request("percent sign without two hex digits in the path");
        }
        int decoded = HttpBytes.hexValue(bytes[at + 1]) << 4 | HttpBytes.hexValue(bytes[at + 2]);
        if (decoded == '/' || decoded == '\\' || decoded == '.' || decoded == 0) {
            throw HttpViolation.request("encoded slash, backslash, dot or NUL in the path");
        }
    }

    private static void checkSegment(byte[] bytes, int start, int end) throws HttpViolation {
        int at = start;
        while (at < end && bytes[at] == '.') {
            at++;
        }
        int dots = at - start;
        if ((dots == 1 || dots == 2) && (at == end || bytes[at] == ';')) {
            throw HttpViolation.request("path segment . or ..");
        }
    }
}
