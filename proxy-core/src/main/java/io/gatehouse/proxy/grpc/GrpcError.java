// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.gatehouse.proxy.ErrorType;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a call fails by our word. The client gets it as trailers, alone where no answer has begun: status, message and the name of the
 * type in {@code proxy-status}; and, where there is {@code info} or {@code retryAfter}, a {@code google.rpc.Status} with these in {@code
 * grpc-status-details-bin}.
 *
 * @param type by whose name ({@link ErrorType#token}) the answer, the access log and the metrics have it
 * @param message for the person who reads the client's exception: what was wrong and what to do, without addresses or secrets
 * @param info becomes a {@code google.rpc.ErrorInfo}; null for none
 * @param retryAfter becomes a {@code google.rpc.RetryInfo}, which makes PySpark try again whatever the status; null for none
 */
public record GrpcError(
        GrpcStatus status,
        ErrorType type,
        String message,
        @Nullable Info info,
        @Nullable Duration retryAfter) {
    /**
     * {@code google.rpc.ErrorInfo}: what programs tell errors apart by.
     *
     * @param reason in UPPER_SNAKE_CASE, or for Spark's own errors the name of the Java exception
     * @param domain who gives the reason
     * @param metadata more about it; Spark's clients read {@code errorClass} and {@code sqlState}
     */
    public record Info(String reason, String domain, Map<String, String> metadata) {
        public Info {
            metadata = Map.copyOf(metadata);
        }
    }

    /** Without details. */
    public static GrpcError of(GrpcStatus status, ErrorType type, String message) {
        return new GrpcError(status, type, message, null, null);
    }

    /** The same, and the client shall try again after a while. */
    public GrpcError retryAfter(Duration delay) {
        return new GrpcError(status, type, message, info, delay);
    }

    /** The same, told apart by {@code newInfo}. */
    public GrpcError with(Info newInfo) {
        return new GrpcError(status, type, message, newInfo, retryAfter);
    }
}
