// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What is held of one History Server's list, how old it is, and when it is asked for again: five seconds after it came, or ten times
 * what it took to come; after failures five seconds and twice as many each time, up to a minute. Guarded by whoever uses it, as
 * {@link FinishedApplications} does. Times are of its monotonic clock, in nanoseconds.
 */
final class HeldList {
    /** For a whole list. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    /** What is older than that is not shown any more. */
    static final Duration MOST_AGE = Duration.ofHours(1);

    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST_DOUBLINGS = 4;
    /** A long list must not keep the History Server busy for more than a tenth of its time. */
    private static final int REST = 10;

    /** What nobody has asked for in that time belongs to a configuration that was replaced. */
    private static final long UNWANTED_NANOS = Duration.ofMinutes(1).toNanos();

    private final HistoryServer server;
    private HistorySnapshot last;
    private CompletableFuture<HistorySnapshot> next;
    private boolean answered;
    private int failures;
    private long pauseNanos;
    private long askedNanos;
    private long answeredNanos;
    private long heardNanos;
    private long wantedNanos;

    HeldList(HistoryServer server) {
        this.server = server;
        this.last = HistorySnapshot.nothingOf(server);
        this.next = CompletableFuture.completedFuture(last);
    }

    HistoryServer server() {
        return server;
    }

    /** The list as it is held, which may be of none. */
    HistorySnapshot last() {
        return last;
    }

    /** What comes of the question that is under way, or came of the last one. */
    CompletableFuture<HistorySnapshot> next() {
        return next;
    }

    /** Somebody wants to see the list: lets go of what is too old to be shown. */
    void wanted(long now) {
        wantedNanos = now;
        if (hasRows() && now - heardNanos > MOST_AGE.toNanos()) {
            last = HistorySnapshot.nothingOf(server);
        }
    }

    boolean isUnwanted(long now) {
        return now - wantedNanos > UNWANTED_NANOS;
    }

    /** Whether there is a list at all, if an empty one. */
    boolean hasRows() {
        return last.parts().getFirst().heard() != null;
    }

    /** Whether it is time to ask. */
    boolean isDue(long now) {
        return next.isDone() && (!answered || now - answeredNanos > pauseNanos);
    }

    /**
     * Whether what is held may be shown though the next is under way: it would not have been much younger if somebody had looked all the
     * time. Otherwise whoever looks waits for the next.
     */
    boolean isPresent(long now) {
        return answered && now - answeredNanos <= pauseNanos + DEADLINE.toNanos();
    }

    /** The server is being asked. */
    CompletableFuture<HistorySnapshot> asked(long now) {
        askedNanos = now;
        next = new CompletableFuture<>();
        return next;
    }

    /**
     * It gave its list.
     *
     * @param rows the list's, or those of the list before where they are the same, so that a change is seen at a glance
     */
    HistorySnapshot heard(ListReader list, List<ListedApplication> rows, Instant at, long now) {
        answered(now);
        failures = 0;
        pauseNanos = Math.max(PAUSE_NANOS, REST * (now - askedNanos));
        heardNanos = now;
        last = new HistorySnapshot(
                rows, list.isTruncated(), List.of(new HistorySnapshot.Part(server.name(), at, true, list.written())));
        return last;
    }

    /** It gave none. */
    HistorySnapshot failed(long now) {
        answered(now);
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, PAUSE_NANOS << Math.min(failures, MOST_DOUBLINGS));
        failures++;
        last = last.unanswered();
        return last;
    }

    private void answered(long now) {
        answered = true;
        answeredNanos = now;
    }
}
