// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Our own calls, over the connections that clients' calls use. May be called from any thread; stages complete on an event loop, so
 * continue on an executor of your own where it takes time.
 */
public final class GrpcClient implements UnaryCalls {
    private final Supplier<GrpcLoop> loops;

    /** {@code loops}: where a call is carried out. */
    public GrpcClient(Supplier<GrpcLoop> loops) {
        this.loops = loops;
    }

    @Override
    public CompletionStage<Reply> call(
            Upstream server, String path, Map<AsciiString, String> metadata, byte[] message, Duration timeout) {
        GrpcLoop loop = loops.get();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        UnaryCall call = new UnaryCall(loop, server, path, metadata, message, reply);
        try {
            loop.loop().eventLoop().execute(() -> call.start(timeout));
        } catch (RejectedExecutionException ending) {
            reply.complete(new Reply.Failed(ErrorType.DRAINING));
        }
        return reply;
    }
}
