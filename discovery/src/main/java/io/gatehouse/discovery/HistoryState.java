// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import org.jspecify.annotations.Nullable;

/** What the History Server knows of one application. */
sealed interface HistoryState {
    /**
     * Its log is whole; {@code attempt} is the id of its newest attempt, null where the cluster manager numbers none;
     * {@code ended} in milliseconds since 1970, -1 where it does not say so.
     */
    record Finished(@Nullable String attempt, long ended) implements HistoryState {
        /** Nobody knows when. */
        Finished(@Nullable String attempt) {
            this(attempt, -1);
        }
    }

    /** Its log says that it still runs: so it does, or it ended a moment ago, or without saying so. */
    record Unfinished(@Nullable String attempt) implements HistoryState {}

    /** It has no log of it. */
    record Unknown() implements HistoryState {
        static final Unknown INSTANCE = new Unknown();
    }

    /** It answers viewers only: a login stands before it. */
    record Hidden() implements HistoryState {
        static final Hidden INSTANCE = new Hidden();
    }

    /** Nothing can be told; {@code silent}: because it does not answer, and not because of what it answered, or of us. */
    record Unreachable(boolean silent) implements HistoryState {
        static final Unreachable INSTANCE = new Unreachable(true);
        static final Unreachable UNREADABLE = new Unreachable(false);
    }
}
