// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.nio.charset.StandardCharsets;

/** Request methods (RFC 9110 section 9, RFC 5789), as far as anything here depends on them. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS,
    CONNECT,
    TRACE,
    /** Any other token; passed on as it came. */
    OTHER;

    private static final Method[] VALUES = values();

    @SuppressWarnings("ImmutableEnumChecker") // never handed out
    private final byte[] bytes = name().getBytes(StandardCharsets.US_ASCII);

    /** Methods are case-sensitive: {@code get} is {@link #OTHER}. */
    static Method of(byte[] head, int start, int end) {
        for (Method method : VALUES) {
            byte[] candidate = method.bytes;
            if (candidate.length == end - start && matches(head, start, candidate) && method != OTHER) {
                return method;
            }
        }
        return OTHER;
    }

    /** RFC 9110 section 9.2.1: asks for no change of state. */
    public boolean isSafe() {
        return this == GET || this == HEAD || this == OPTIONS;
    }

    private static boolean matches(byte[] head, int start, byte[] candidate) {
        for (int i = 0; i < candidate.length; i++) {
            if (head[start + i] != candidate[i]) {
                return false;
            }
        }
        return true;
    }
}
