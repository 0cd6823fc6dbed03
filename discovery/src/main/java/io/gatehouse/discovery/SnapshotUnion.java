// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of several History Servers as one, every application once: where several have it, as the one tells it in which it ended
 * last, see {@link HistorySearch}. Made anew only when one of them has changed, so that whoever compares two sees it at a glance.
 * Guarded by whoever uses it.
 */
final class SnapshotUnion {
    private volatile Made made = Made.NONE;

    /** The rows that {@code of} came to. */
    private record Made(List<List<ListedApplication>> of, List<ListedApplication> rows) {
        static final Made NONE = new Made(List.of(), List.of());

        @SuppressWarnings("ReferenceEquality") // each is the same list until there is another
        boolean isOf(List<List<ListedApplication>> others) {
            boolean same = others.size() == of.size();
            for (int i = 0; same && i < others.size(); i++) {
                same = others.get(i) == of.get(i);
            }
            return same;
        }
    }

    /** Whether {@link #of} has little to do: for as many as are kept, what it does else takes the time of some hundred requests. */
    boolean isReady(List<HistorySnapshot> snapshots) {
        return snapshots.size() == 1 || made.isOf(rows(snapshots));
    }

    HistorySnapshot of(List<HistorySnapshot> snapshots) {
        if (snapshots.size() == 1) {
            made = Made.NONE;
            return snapshots.getFirst();
        }
        List<List<ListedApplication>> all = rows(snapshots);
        Made present = made;
        if (!present.isOf(all)) {
            present = new Made(all, union(all));
            made = present;
        }
        return new HistorySnapshot(
                present.rows(),
                snapshots.stream().anyMatch(HistorySnapshot::truncated),
                snapshots.stream()
                        .flatMap(snapshot -> snapshot.parts().stream())
                        .toList());
    }

    private static List<List<ListedApplication>> rows(List<HistorySnapshot> snapshots) {
        return snapshots.stream().map(HistorySnapshot::rows).toList();
    }

    private static List<ListedApplication> union(List<List<ListedApplication>> all) {
        Map<String, Integer> places = new HashMap<>();
        List<ListedApplication> rows = new ArrayList<>();
        for (List<ListedApplication> some : all) {
            for (ListedApplication row : some) {
                @Nullable Integer place = places.putIfAbsent(row.id(), rows.size());
                if (place == null) {
                    rows.add(row);
                } else if (row.ended() > rows.get(place).ended()) {
                    rows.set(place, row);
                }
            }
        }
        return rows;
    }
}
