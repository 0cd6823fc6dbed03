// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Asks the UI of a driver which application it belongs to. Sends nothing of any viewer's, and believes nothing but a list
 * of exactly one application with a valid id.
 */
final class UiProbe {
    /** A driver's answer is some hundred bytes. */
    private static final int MAX_ANSWER = 64 << 10;

    private final UpstreamClient client;
    private final Duration deadline;

    /**
     * @param deadline generous: Spark's first REST answer comes only when Jersey has started, which takes many seconds on a
     *     busy machine
     */
    UiProbe(UpstreamClient client, Duration deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    /** What a probe found. */
    sealed interface Result {
        /** The UI of a running application. */
        record Running(String id, AppListing listing) implements Result {}

        /** Something listens, but it cannot say yet (or no longer) which application it is. */
        record Unclear() implements Result {}

        /** Nobody listens. */
        record Gone() implements Result {}
    }

    /** Never completes exceptionally. */
    CompletableFuture<Result> probe(Upstream ui) {
        return client.get(ui, "/api/v1/applications", MAX_ANSWER, deadline)
                .thenApply(UiProbe::read)
                .exceptionally(UiProbe::failed);
    }

    private static Result read(UpstreamClient.Reply reply) {
        if (reply.status() != 200 || !reply.contentType().startsWith("application/json")) {
            return new Result.Unclear();
        }
        AppListing.Found found = AppListing.parse(reply.body());
        return found == null || found.completed()
                ? new Result.Unclear()
                : new Result.Running(found.id(), found.listing());
    }

    private static Result failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        boolean refused = cause instanceof UpstreamClient.CallFailedException call
                && (call.error() == ErrorType.CONNECTION_REFUSED
                        || call.error() == ErrorType.DESTINATION_IP_UNROUTABLE
                        || call.error() == ErrorType.DNS_ERROR);
        return refused ? new Result.Gone() : new Result.Unclear();
    }
}
