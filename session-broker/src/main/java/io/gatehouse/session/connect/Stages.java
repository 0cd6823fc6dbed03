// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.session.SessionStoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps of a decision that may take time: what is known already is gone on with at once, without a stage. */
final class Stages {
    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private Stages() {}

    /** What {@code next} makes of what {@code stage} gives, now or later. */
    static <T extends @Nullable Object> Decision then(CompletionStage<T> stage, Function<T, Decision> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            return next.apply(future.resultNow());
        }
        return new Decision.Deferred(
                future.thenCompose(value -> flat(next.apply(value))).exceptionally(Stages::refused));
    }

    private static CompletionStage<Decision> flat(Decision decision) {
        return decision instanceof Decision.Deferred(CompletionStage<Decision> later)
                ? later
                : CompletableFuture.completedFuture(decision);
    }

    private static Decision refused(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof SessionStoreException) {
            LOG.atWarn().addKeyValue("problem", cause.getMessage()).log("the session store does not answer");
            return new Decision.Refuse("", "", Refusals.storeUnavailable());
        }
        LOG.atError().setCause(cause).log("a call could not be routed");
        return new Decision.Refuse("", "", Refusals.internal());
    }
}
