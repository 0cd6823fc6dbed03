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
 *
 * <p>There is no timer: after a night without a login the value is as old as the night. Who must not act on an old one asks
 * {@link #isOverdue} first, and waits for {@link #refresh}. Where logins come all the time nobody waits, because it is renewed before.
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
    private long failedAt;
    private boolean failed;
    private @Nullable CompletableFuture<Void> underWay;

    /**
     * How often it is fetched.
     *
     * @param between two fetches at least
     * @param renewAfter a value that old is fetched anew while it is still used
     * @param overdueAfter a value that old is worth waiting for a newer one
     * @param keepFor so long a value is good without another one coming: an outage may last that long
     */
    record Rhythm(Duration between, Duration renewAfter, Duration overdueAfter, Duration keepFor) {}

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
     * Whether the value is so old that {@link #refresh} is to be awaited before it is used. Not in an outage, of which the last fetch has
     * told a short time ago: then nobody waits for a provider that hangs, and {@link #current} asks again behind the caller's back.
     * After a longer silence that failure says nothing any more.
     */
    synchronized boolean isOverdue() {
        long now = nanoTime.getAsLong();
        long overdue = rhythm.overdueAfter().toNanos();
        return value != null && now - fetchedAt >= overdue && !(failed && now - failedAt < overdue);
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
            failed = fetched == null;
            if (fetched != null) {
                value = fetched;
                fetchedAt = nanoTime.getAsLong();
            } else {
                failedAt = nanoTime.getAsLong();
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
