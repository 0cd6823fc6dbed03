// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call's metadata must be like for a server of gRPC to read it (grpc/doc/PROTOCOL-HTTP2.md). gRPC-java decodes it before it has a
 * stream, and where that fails the call's data ends the connection: which here is that of many users.
 */
final class MetadataRules {
    private static final AsciiString BINARY = AsciiString.cached("-bin");
    private static final AsciiString TIMEOUT = AsciiString.cached("grpc-timeout");
    private static final int MOST_DIGITS = 8;
    private static final String UNITS = "HMSmun";
    private static final int QUARTET = 4;
    private static final int MOST_PADDING = 2;

    private MetadataRules() {}

    /** What is wrong with it, in words for its sender; null for nothing. */
    static @Nullable String problem(Http2Headers metadata) {
        for (Map.Entry<CharSequence, CharSequence> field : metadata) {
            AsciiString name = AsciiString.of(field.getKey());
            if (name.endsWith(BINARY) && !isBinary(field.getValue())) {
                return "The metadata " + name + " is not base64, as names that end in -bin promise.";
            }
            if (name.equals(TIMEOUT) && !isTimeout(field.getValue())) {
                return "grpc-timeout is not a number of up to 8 digits with a unit (H, M, S, m, u or n).";
            }
        }
        return null;
    }

    /** One value or several, with commas between them. */
    private static boolean isBinary(CharSequence value) {
        int start = 0;
        for (int at = 0; at <= value.length(); at++) {
            if (at == value.length() || value.charAt(at) == ',') {
                if (!isBase64(value, start, at)) {
                    return false;
                }
                start = at + 1;
            }
        }
        return true;
    }

    /** Whether it is RFC 4648 section 4, with padding or without. */
    private static boolean isBase64(CharSequence value, int start, int end) {
        int last = end;
        while (last > start && end - last < MOST_PADDING && value.charAt(last - 1) == '=') {
            last--;
        }
        for (int at = start; at < last; at++) {
            if (!isDigit(value.charAt(at))) {
                return false;
            }
        }
        return (last - start) % QUARTET != 1;
    }

    private static boolean isDigit(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    }

    private static boolean isTimeout(CharSequence value) {
        int digits = value.length() - 1;
        if (digits < 1 || digits > MOST_DIGITS || UNITS.indexOf(value.charAt(digits)) < 0) {
            return false;
        }
        for (int at = 0; at < digits; at++) {
            if (value.charAt(at) < '0' || value.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }
}
