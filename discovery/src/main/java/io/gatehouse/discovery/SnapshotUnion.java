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
    private List<List<ListedApplication>> madeOf = List.of();
    private List<ListedApplication> rows = List.of();

    HistorySnapshot of(List<HistorySnapshot> snapshots) {
        if (snapshots.size() == 1) {
            madeOf = List.of();
            rows = List.of();
            return snapshots.getFirst();
        }
        List<List<ListedApplication>> all =
                snapshots.stream().map(HistorySnapshot::rows).toList();
        if (!areSame(all)) {
            madeOf = all;
            rows = union(all);
        }
        return new HistorySnapshot(
                rows,
                snapshots.stream().anyMatch(HistorySnapshot::truncated),
                snapshots.stream()
                        .flatMap(snapshot -> snapshot.parts().stream())
                        .toList());
    }

    @SuppressWarnings("ReferenceEquality") // each is the same list until there is another
    private boolean areSame(List<List<ListedApplication>> all) {
        boolean same = all.size() == madeOf.size();
        for (int i = 0; same && i < all.size(); i++) {
            same = all.get(i) == madeOf.get(i);
        }
        return same;
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
