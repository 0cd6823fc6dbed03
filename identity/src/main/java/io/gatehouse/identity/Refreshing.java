// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A document of the identity provider that is fetched now and then, and outlives an outage. One fetch at a time, whoever asks; the value is
 * read without waiting. Safe for any thread.
 */
final class Refreshing<T> {
    private final Outage outage;
    private final Supplier<CompletionStage<T>> fetch;
    private final Rhythm rhythm;
    private final LongSupplier nanoTime;

    private @Nullable T value;
    private long fetchedAt;
    private long askedAt;
    private boolean asked;
    private @Nullable CompletableFuture<Void> underWay;

    /**
     * How often it is fetched.
     *
     * @param between two fetches at least
     * @param renewAfter a value that old is fetched anew while it is still used
     * @param keepFor so long a value is good without another one coming: an outage may last that long
     */
    record Rhythm(Duration between, Duration renewAfter, Duration keepFor) {}

    Refreshing(String what, Supplier<CompletionStage<T>> fetch, Rhythm rhythm, LongSupplier nanoTime) {
        this.outage = new Outage(what);
        this.fetch = fetch;
        this.rhythm = rhythm;
        this.nanoTime = nanoTime;
    }

    /** The present value; null if there is none. Has it renewed behind the caller's back when it is due. */
    @Nullable
    T current() {
        T present;
        boolean due;
        synchronized (this) {
            long age = nanoTime.getAsLong() - fetchedAt;
            present = value != null && age < rhythm.keepFor().toNanos() ? value : null;
            due = present != null && age >= rhythm.renewAfter().toNanos();
        }
        if (due) {
            refresh();
        }
        return present;
    }

    /**
     * Fetches it, or joins who does, unless that was done a moment ago. Completes normally, whatever comes of it; at once where nothing
     * is done.
     */
    CompletionStage<Void> refresh() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (underWay != null) {
                return underWay;
            }
            long now = nanoTime.getAsLong();
            if (asked && now - askedAt < rhythm.between().toNanos()) {
                return CompletableFuture.completedFuture(null);
            }
            asked = true;
            askedAt = now;
            mine = new CompletableFuture<>();
            underWay = mine;
        }
        start().whenComplete((fetched, failure) -> {
            finish(fetched, failure);
            mine.complete(null);
        });
        return mine;
    }

    private CompletionStage<T> start() {
        try {
            return fetch.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finish(@Nullable T fetched, @Nullable Throwable failure) {
        synchronized (this) {
            underWay = null;
            if (fetched != null) {
                value = fetched;
                fetchedAt = nanoTime.getAsLong();
            }
        }
        if (fetched == null) {
            outage.began(String.valueOf(cause(failure)));
        } else {
            outage.ended();
        }
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
