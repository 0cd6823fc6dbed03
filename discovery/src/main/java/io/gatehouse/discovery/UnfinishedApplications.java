// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a History Server took for unfinished when it was last asked. Immutable.
 *
 * <p>That is not what runs: a driver that was killed leaves a log without an end, and stays in this list for good. An
 * application that stands here and not in the {@link AppDirectory} is such a one, or one whose driver cannot be found.
 */
public final class UnfinishedApplications {
    /** Nobody has said anything yet. */
    public static final UnfinishedApplications UNKNOWN = new UnfinishedApplications(List.of(), false);

    private final Map<String, HistoryEntry> byId;
    private final boolean whole;

    /**
     * @param entries last started first; of two with the same id the first counts
     * @param whole whether there are no others
     */
    public UnfinishedApplications(List<HistoryEntry> entries, boolean whole) {
        Map<String, HistoryEntry> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.putIfAbsent(entry.id(), entry));
        this.byId = Collections.unmodifiableMap(map);
        this.whole = whole;
    }

    /** What several History Servers took for unfinished; unknown where nobody has said anything yet. */
    public static UnfinishedApplications union(Collection<UnfinishedApplications> lists) {
        if (lists.size() == 1) {
            return lists.iterator().next();
        }
        List<HistoryEntry> entries = lists.stream()
                .flatMap(list -> list.entries().stream())
                .sorted(Comparator.comparingLong(HistoryEntry::started).reversed())
                .toList();
        return lists.isEmpty()
                ? UNKNOWN
                : new UnfinishedApplications(entries, lists.stream().allMatch(UnfinishedApplications::isWhole));
    }

    public @Nullable HistoryEntry find(String id) {
        return byId.get(id);
    }

    /** Last started first. */
    public Collection<HistoryEntry> entries() {
        return byId.values();
    }

    /** Whether an application that is missing here is finished; false where the list was cut, or nobody has been asked yet. */
    public boolean isWhole() {
        return whole;
    }
}
