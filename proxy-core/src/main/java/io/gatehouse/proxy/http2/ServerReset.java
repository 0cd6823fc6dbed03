// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * What it means that a server has reset a stream, on a connection that lives (grpc/doc/PROTOCOL-HTTP2.md, "Errors"): the same as to a
 * client that speaks to the server itself. The server works, so it is nothing that passes by trying again, but for a stream that
 * it has not begun to look at.
 *
 * @param error what the access log names: the answer is not whole; the connection has not ended, so it is no other of RFC 9209
 */
record ServerReset(ErrorType error, GrpcStatus status) {
    /** {@code code}: of the RST_STREAM. */
    static ServerReset of(long code) {
        @Nullable Http2Error known = Http2Error.valueOf(code);
        return switch (known) {
            case REFUSED_STREAM -> new ServerReset(ErrorType.DESTINATION_UNAVAILABLE, GrpcStatus.UNAVAILABLE);
            case CANCEL -> incomplete(GrpcStatus.CANCELLED);
            case ENHANCE_YOUR_CALM -> incomplete(GrpcStatus.RESOURCE_EXHAUSTED);
            case INADEQUATE_SECURITY -> incomplete(GrpcStatus.PERMISSION_DENIED);
            case null, default -> incomplete(GrpcStatus.INTERNAL);
        };
    }

    private static ServerReset incomplete(GrpcStatus status) {
        return new ServerReset(ErrorType.HTTP_RESPONSE_INCOMPLETE, status);
    }
}
