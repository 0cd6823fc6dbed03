// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import java.time.Duration;

/** What clients are told where neither a router nor a server has a word for it: how errors of this package look in gRPC. */
final class OwnErrors {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Too little memory is left for another call. */
    static final GrpcError OUT_OF_MEMORY =
            of(GrpcStatus.UNAVAILABLE, ErrorType.OUT_OF_MEMORY).retryAfter(SOON);

    /** This process ends; whoever comes again finds another, or this one's successor. */
    static final GrpcError DRAINING =
            of(GrpcStatus.UNAVAILABLE, ErrorType.DRAINING).retryAfter(SOON);

    /** A defect of ours. */
    static final GrpcError DEFECT = of(GrpcStatus.INTERNAL, ErrorType.PROXY_INTERNAL_ERROR);

    /** The server has said how much it takes. */
    static final GrpcError METADATA_TOO_LARGE = GrpcError.of(
            GrpcStatus.RESOURCE_EXHAUSTED,
            ErrorType.REQUEST_HEAD_TOO_LARGE,
            "The metadata of the call is larger than the Spark server takes. Send less of it.");

    /** The client has not sent by what the call could be routed. */
    static final GrpcError SLOW_BEGINNING = GrpcError.of(
            GrpcStatus.DEADLINE_EXCEEDED,
            ErrorType.REQUEST_TIMEOUT,
            "The beginning of the call's message did not arrive in time.");

    /** The client does not go on with a message that it has begun. */
    static final GrpcError SLOW_MESSAGE = GrpcError.of(
            GrpcStatus.DEADLINE_EXCEEDED, ErrorType.REQUEST_TIMEOUT, "The call's message arrived too slowly.");

    private OwnErrors() {}

    private static GrpcError of(GrpcStatus status, ErrorType type) {
        return GrpcError.of(status, type, type.sentence());
    }
}
