// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;

/** A request that is not passed on. Carries no stack: clients produce it at will, and the message says which rule it was. */
public final class CallViolation extends Exception {
    private final GrpcError error;

    CallViolation(GrpcError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** The client broke a rule of gRPC or of Protocol Buffers. */
    static CallViolation invalid(String rule) {
        return new CallViolation(GrpcError.of(GrpcStatus.INVALID_ARGUMENT, ErrorType.HTTP_REQUEST_ERROR, rule));
    }

    /** How the call fails. */
    public GrpcError error() {
        return error;
    }
}
