// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.netty.util.AsciiString;

/** The status codes of gRPC (grpc/doc/statuscodes.md); a code's number is its place. */
public enum GrpcStatus {
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    private static final GrpcStatus[] ALL = values();

    @SuppressWarnings("ImmutableEnumChecker") // AsciiString, which nobody changes
    private final AsciiString text = AsciiString.of(Integer.toString(code()));

    /** The number on the wire. */
    @SuppressWarnings("EnumOrdinal") // the specification counts them from 0 without a gap
    public int code() {
        return ordinal();
    }

    /** The number as the value of {@code grpc-status}. */
    public AsciiString text() {
        return text;
    }

    /** The status of a {@code grpc-status} field; {@link #UNKNOWN} for whatever is none. */
    public static GrpcStatus of(CharSequence value) {
        if (value.length() == 0 || value.length() > 2) {
            return UNKNOWN;
        }
        int code = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return UNKNOWN;
            }
            code = code * 10 + digit;
        }
        return code < ALL.length ? ALL[code] : UNKNOWN;
    }
}
