// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Port: calls of our own, with one small message each way. Safe for any thread, and never blocks. */
@FunctionalInterface
public interface UnaryCalls {
    /** The largest answer that is taken; a larger one is a {@link Reply.Failed}. */
    int MOST_BYTES = 1 << 20;

    /**
     * Calls a server. The stage never completes exceptionally.
     *
     * @param path {@code /package.Service/Method}
     * @param metadata beside what every call has; lower-case names
     * @param timeout for all of it
     */
    CompletionStage<Reply> call(
            Upstream server, String path, Map<AsciiString, String> metadata, byte[] message, Duration timeout);

    /** What came of a call. */
    sealed interface Reply {
        /**
         * The server's own word.
         *
         * @param text {@code grpc-message}, decoded
         * @param message empty where there is none
         */
        record Answered(GrpcStatus status, String text, byte[] message) implements Reply {}

        /**
         * The server could not be reached, did not answer in time, or not properly.
         *
         * @param reason for logs: what is wrong with its TLS; empty where there is no more to say than {@code error}
         */
        record Failed(ErrorType error, String reason) implements Reply {
            public Failed(ErrorType error) {
                this(error, "");
            }
        }
    }
}
