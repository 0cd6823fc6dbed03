// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What History Servers listed when they were last heard. What their lists call unfinished is {@link ListedApplication.State#UNKNOWN},
 * until discovery says otherwise.
 *
 * @param rows in their order
 * @param truncated whether they have more
 * @param parts what each of them has told, in the order of the configuration
 */
record HistorySnapshot(List<ListedApplication> rows, boolean truncated, List<Part> parts) {
    /** Of nobody at all. */
    static final HistorySnapshot NOTHING = new HistorySnapshot(List.of(), false, List.of());

    /**
     * One server's part.
     *
     * @param server its name
     * @param heard when it gave the list that its rows are of; null where there are none of it
     * @param answers whether it gave one when it was last asked
     * @param written when the server last noticed that a log without an end had been written to, by application, in milliseconds since
     *     1970; for one that has been silent since the server's own start, that start (Spark's {@code lastUpdated} of such logs). It
     *     changes all the time and is no part of the rows, which are the same until a viewer would see others
     */
    record Part(String server, @Nullable Instant heard, boolean answers, Map<String, Long> written) {
        Part unanswered() {
            return new Part(server, heard, false, written);
        }
    }

    HistorySnapshot {
        parts = List.copyOf(parts);
    }

    /** Of one that has not been heard. */
    static HistorySnapshot nothingOf(HistoryServer server) {
        return new HistorySnapshot(List.of(), false, List.of(new Part(server.name(), null, false, Map.of())));
    }

    /** The names of those that gave no list when they were last asked. */
    List<String> missing() {
        return parts.stream().filter(part -> !part.answers()).map(Part::server).toList();
    }

    /** The same of servers that do not answer now. */
    HistorySnapshot unanswered() {
        return new HistorySnapshot(
                rows, truncated, parts.stream().map(Part::unanswered).toList());
    }

    /** When the log of an unfinished application was last written to, in milliseconds since 1970; -1 where nobody says. */
    long written(String id) {
        long latest = -1;
        for (Part part : parts) {
            latest = Math.max(latest, part.written().getOrDefault(id, -1L));
        }
        return latest;
    }
}
