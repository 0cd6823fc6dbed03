// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the UI of a driver which application it belongs to. Sends nothing of any viewer's, and believes nothing but a list
 * of exactly one application with a valid id.
 */
final class UiProbe {
    /** A driver's answer is some hundred bytes, and is kept. */
    private static final int MAX_ANSWER = 8 << 10;

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

        /**
         * A sound answer, but none that names an application: a UI that starts, one behind a login, or no Spark UI at all.
         *
         * @param location where it leads to; empty where nowhere
         */
        record Stranger(int status, String location) implements Result {
            /** Whether somebody is there who wants to know first who asks. */
            boolean isLogin() {
                return status == 401 || status == 403 || (status >= 300 && status < 400);
            }
        }

        /** No answer that could be read, or, {@code answered}, the error of a server that may just be busy. */
        record Unclear(boolean answered) implements Result {}

        /** Somebody is there whose certificate is not accepted, so that nothing was asked. */
        record Distrusted() implements Result {}

        /** Nobody listens, or the application is finished. */
        record Gone() implements Result {}
    }

    /** Never completes exceptionally. */
    CompletableFuture<Result> probe(Upstream ui) {
        return client.get(ui, "/api/v1/applications", MAX_ANSWER, deadline)
                .thenApply(UiProbe::read)
                .exceptionally(UiProbe::failed);
    }

    private static Result read(UpstreamClient.Reply reply) {
        AppListing.Found found = reply.status() == 200 && reply.contentType().startsWith("application/json")
                ? AppListing.parse(reply.body())
                : null;
        if (found == null) {
            return reply.status() >= 500
                    ? new Result.Unclear(true)
                    : new Result.Stranger(reply.status(), reply.location());
        }
        return found.completed() ? new Result.Gone() : new Result.Running(found.id(), found.listing());
    }

    /** What a call without an answer says. */
    static Result failed(Throwable failure) {
        return switch (UpstreamClient.CallFailedException.in(failure)) {
            case CONNECTION_REFUSED, DESTINATION_IP_UNROUTABLE, DNS_ERROR -> new Result.Gone();
            case TLS_CERTIFICATE_ERROR -> new Result.Distrusted();
            case null, default -> new Result.Unclear(false);
        };
    }
}
