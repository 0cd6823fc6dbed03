// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells what our list looks like from what it looked like before: another version for each change that a viewer would see. The page
 * carries the version that it was made of, and who listens for changes gets the present one. Safe for any thread.
 */
final class AppsVersions {
    private static final int RADIX = 36;

    /** No version of an earlier process, or of another one, is like one of ours. */
    private final String beginning;
    /** Guarded by this, as what follows. */
    private long number;

    private @Nullable Present last;

    /** What the list is made of; {@code now} ends the time in which logs may still become whole. */
    record Present(AppDirectory directory, HistorySnapshot history, Instant now) {
        private boolean looksLike(Present other) {
            return directory.hasSameApplications(other.directory)
                    && directory.finalising(now) == other.directory.finalising(other.now)
                    // One look, mostly: the rows are the same list until there are others.
                    && history.rows().equals(other.history.rows())
                    && history.missing().equals(other.history.missing());
        }
    }

    AppsVersions(InstantSource clock) {
        this.beginning = Long.toString(clock.millis(), RADIX) + "-";
    }

    /** The version of the list that is made of {@code present}, in letters, digits and {@code -}. */
    synchronized String of(Present present) {
        if (last == null || !present.looksLike(last)) {
            number++;
        }
        last = present;
        return beginning + number;
    }
}
