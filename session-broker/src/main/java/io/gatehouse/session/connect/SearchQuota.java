// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How many searches each user has begun in the present window of time. Windows are the same for all, so nothing is kept of past ones. */
final class SearchQuota {
    /** Enough for a user who opens a hundred notebooks in one go. */
    static final int MOST = 100;

    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    /** The counts of a window. */
    private record Window(long endNanos, ConcurrentMap<String, Integer> counts) {}

    private final LongSupplier ticker;
    private volatile Window window;

    /** @param ticker the monotonic clock, in nanoseconds */
    SearchQuota(LongSupplier ticker) {
        this.ticker = ticker;
        this.window = next(ticker.getAsLong());
    }

    /** Counts one more search of a user; gives null where that is in order, else how long to wait for it. */
    @Nullable
    Duration take(String user) {
        long now = ticker.getAsLong();
        Window present = window;
        if (present.endNanos - now <= 0) {
            // Two threads may begin a window each: some searches are not counted then.
            present = next(now);
            window = present;
        }
        return present.counts.merge(user, 1, Integer::sum) <= MOST ? null : Duration.ofNanos(present.endNanos - now);
    }

    private static Window next(long now) {
        return new Window(now + WINDOW_NANOS, new ConcurrentHashMap<>());
    }
}
