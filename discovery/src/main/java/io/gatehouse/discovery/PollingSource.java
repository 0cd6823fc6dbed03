// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A source that looks in rounds: the next begins one interval after the last one ended, or soon after somebody missed an
 * application. Rounds never overlap.
 *
 * <p><b>Threads.</b> {@link #look} and {@link #present} run on the scheduler, which has one thread; an implementation
 * touches its state there only, and so needs no lock. Nothing blocks that thread.
 */
abstract class PollingSource implements AppSource {
    private static final Logger LOG = LoggerFactory.getLogger(PollingSource.class);
    private static final Duration SOON = Duration.ofMillis(500);
    /** Between two rounds that somebody wished for, at least: anybody can ask for ids that nobody knows. */
    private static final Duration LEAST_BETWEEN_WISHES = Duration.ofSeconds(2);
    /** Failed rounds in a row after which a source tells what it knows by itself, which ends what it inherited. */
    private static final int MOST_FAILURES = 3;
    /** How long a round waits for drivers to answer; what answers later is told when it does. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final ScheduledExecutorService scheduler;
    private final Duration interval;
    private final Duration betweenWishes;
    private final LongSupplier nanoTime;
    private final AtomicBoolean soon = new AtomicBoolean();
    private volatile boolean synced;
    private volatile boolean closed;
    /** Rounds that have failed in a row. Touched on the scheduler only, as all that follows. */
    private int failures;

    private boolean wishMet;
    private long wishMetNanos;

    PollingSource(String name, ScheduledExecutorService scheduler, Duration interval) {
        this(name, scheduler, interval, System::nanoTime);
    }

    /** {@code nanoTime}: a monotonic clock. */
    PollingSource(String name, ScheduledExecutorService scheduler, Duration interval, LongSupplier nanoTime) {
        this.name = name;
        this.scheduler = scheduler;
        this.interval = interval;
        this.nanoTime = nanoTime;
        Duration half = interval.dividedBy(2);
        this.betweenWishes = half.compareTo(LEAST_BETWEEN_WISHES) < 0 ? LEAST_BETWEEN_WISHES : half;
    }

    /**
     * One look at everything.
     *
     * @param changed to be run, on the scheduler, when something has changed; also after the round
     * @return completes when the round is over; completing exceptionally says that nobody could be asked
     */
    abstract CompletableFuture<?> look(Runnable changed);

    /** Everything that is known to run. */
    abstract List<Application> present();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void start(Consumer<Findings> found) {
        schedule(found, Duration.ZERO);
    }

    @Override
    public final void lookSoon(String id) {
        soon.set(true);
    }

    @Override
    public final boolean isSynced() {
        return synced;
    }

    @Override
    public final void close() {
        closed = true;
    }

    final boolean isClosed() {
        return closed;
    }

    private void schedule(Consumer<Findings> found, Duration delay) {
        if (closed) {
            return;
        }
        try {
            scheduler.schedule(
                    () -> beat(found, delay), Math.min(delay.toMillis(), SOON.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException shuttingDown) {
            closed = true;
        }
    }

    /** Waits in short steps, so that a wish to look soon is heard. */
    private void beat(Consumer<Findings> found, Duration delay) {
        Duration left = delay.minus(SOON);
        if (left.isPositive() && !meetsWish()) {
            schedule(found, left);
            return;
        }
        soon.set(false);
        if (closed) {
            return;
        }
        CompletableFuture<?> round;
        try {
            round = look(() -> tell(found));
        } catch (RuntimeException defect) {
            round = CompletableFuture.failedFuture(defect);
        }
        round.whenCompleteAsync((nothing, failure) -> roundOver(found, failure), scheduler);
    }

    /** Whether somebody wishes for a round and may have it now; a wish that comes too early waits. */
    private boolean meetsWish() {
        long now = nanoTime.getAsLong();
        if (!soon.get() || (wishMet && now - wishMetNanos < betweenWishes.toNanos())) {
            return false;
        }
        wishMet = true;
        wishMetNanos = now;
        return true;
    }

    private void tell(Consumer<Findings> found) {
        if (!closed) {
            found.accept(Findings.running(present()));
        }
    }

    private void roundOver(Consumer<Findings> found, @Nullable Throwable failure) {
        // A server that does not answer must not keep the whole door from being ready.
        synced = true;
        try {
            if (failure == null) {
                if (failures > 0) {
                    LOG.atInfo().addKeyValue("source", name).log("looking for applications works again");
                }
                failures = 0;
                tell(found);
            } else if (!closed) {
                // Said once: an outage of an hour is one event, not a line each round.
                LOG.atLevel(failures > 0 ? Level.DEBUG : Level.WARN)
                        .addKeyValue("source", name)
                        .addKeyValue("cause", cause(failure))
                        .log("looking for applications failed; what was known stays");
                failures = Math.min(failures + 1, MOST_FAILURES);
                if (failures == MOST_FAILURES) {
                    tell(found);
                }
            }
        } finally {
            schedule(found, interval);
        }
    }

    private static String cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }
}
