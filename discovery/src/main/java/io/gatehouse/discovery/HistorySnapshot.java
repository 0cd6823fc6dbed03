// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.List;

/**
 * What a History Server listed a moment ago. Those that its list calls unfinished are {@link ListedApplication.State#ZOMBIE}
 * until discovery says otherwise.
 *
 * @param rows in its order
 * @param truncated whether it has more
 * @param current whether it answered the last time it was asked
 */
record HistorySnapshot(List<ListedApplication> rows, boolean truncated, boolean current) {
    /** Of one that has never answered. */
    static final HistorySnapshot NOTHING = new HistorySnapshot(List.of(), false, false);

    HistorySnapshot outdated() {
        return new HistorySnapshot(rows, truncated, false);
    }
}
