// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.util.stream.Stream;

/**
 * The fields after the last chunk (RFC 9112 section 7.1.2). Only fields that may stand there are passed on: nothing that
 * frames, routes, authenticates or says how to read the body (RFC 9110 section 6.5.1). Most of these stay behind; a field
 * that would tell where a message ends or whom it is for is refused with its message, because no honest sender writes it.
 */
public final class TrailerSection extends MessageHead {
    /** Names that {@link HeaderName} does not list, or the beginnings of such names where they end with a hyphen. */
    private static final byte[][] NEVER = Stream.of(
                    "access-control-",
                    "age",
                    "alt-svc",
                    "cache-control",
                    "content-",
                    "expires",
                    "if-",
                    "max-forwards",
                    "pragma",
                    "proxy-",
                    "range",
                    "retry-after",
                    "sec-",
                    "set-cookie",
                    "strict-transport-security",
                    "vary",
                    "warning",
                    "www-authenticate",
                    "x-forwarded-")
            .map(HeadWriter::ascii)
            .toArray(byte[][]::new);

    private final boolean request;

    /** @param request whether it ends a request, which decides whose fault a violation is */
    TrailerSection(boolean request) {
        this.request = request;
    }

    /** Whether the field may be passed on behind a body. */
    public boolean mayPass(int field) {
        return switch (name(field)) {
            case OTHER -> !isNever(field) && !ConnectionField.names(this, field);
            case ETAG, DATE, DIGEST, REPR_DIGEST, ACCEPT_RANGES -> !ConnectionField.names(this, field);
            default -> false;
        };
    }

    private boolean isNever(int field) {
        int start = nameStart(field);
        int end = nameEnd(field);
        for (byte[] name : NEVER) {
            boolean never = name[name.length - 1] == '-'
                    ? nameStartsWith(field, name)
                    : HttpBytes.equalsIgnoreCase(bytes(), start, end, name);
            if (never) {
                return true;
            }
        }
        return false;
    }

    @Override
    void startLine(int start, int end) {
        throw new IllegalStateException("a trailer section has no start line");
    }

    @Override
    void complete() throws HttpViolation {
        for (int field = 0; field < fieldCount(); field++) {
            switch (name(field)) {
                case CONTENT_LENGTH, TRANSFER_ENCODING, HOST -> {
                    String rule = "Content-Length, Transfer-Encoding or Host in a trailer section";
                    throw request ? HttpViolation.request(rule) : HttpViolation.response(rule);
                }
                default -> {}
            }
        }
    }
}
