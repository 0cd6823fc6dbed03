// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.List;

/**
 * What History Servers listed a moment ago. Those that their lists call unfinished are {@link ListedApplication.State#ZOMBIE}
 * until discovery says otherwise.
 *
 * @param rows in their order
 * @param truncated whether they have more
 * @param missing the names of those that did not answer the last time they were asked
 */
record HistorySnapshot(List<ListedApplication> rows, boolean truncated, List<String> missing) {
    /** Of nobody at all. */
    static final HistorySnapshot NOTHING = new HistorySnapshot(List.of(), false, false);

    HistorySnapshot {
        missing = List.copyOf(missing);
    }

    /** Of one server without a name; {@code current}: whether it answered. */
    HistorySnapshot(List<ListedApplication> rows, boolean truncated, boolean current) {
        this(rows, truncated, current ? List.of() : List.of(HistoryServer.UNNAMED));
    }

    /** Of one that has never answered. */
    static HistorySnapshot nothingOf(HistoryServer server) {
        return new HistorySnapshot(List.of(), false, List.of(server.name()));
    }

    /** Whether all of them answered. */
    boolean current() {
        return missing.isEmpty();
    }

    HistorySnapshot outdated(HistoryServer server) {
        return new HistorySnapshot(rows, truncated, List.of(server.name()));
    }
}
