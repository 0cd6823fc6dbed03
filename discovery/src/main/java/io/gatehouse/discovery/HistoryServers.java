// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The History Servers behind the ui door: none, one, or several that know different applications. In the order of the configuration,
 * which decides where nothing else does.
 */
public record HistoryServers(List<HistoryServer> all) {
    public static final HistoryServers NONE = new HistoryServers(List.of());

    /**
     * Spark's scripts look for the first two words in their address, and take what follows them for an application's id; what stands below
     * the third kills.
     */
    private static final Set<String> NO_SEGMENTS = Set.of("history", "proxy", KillPath.SEGMENT);

    public HistoryServers {
        all = List.copyOf(all);
        Set<String> names = new HashSet<>();
        for (HistoryServer server : all) {
            if (!names.add(server.name()) || (all.size() > 1 && !isSegment(server.name()))) {
                throw new IllegalArgumentException("not the name of one of several: " + server.name());
            }
        }
    }

    static HistoryServers of(@Nullable HistoryServer only) {
        return only == null ? NONE : new HistoryServers(List.of(only));
    }

    /** Whether one of several may have that name, which then stands in the paths of its pages. */
    public static boolean isSegment(String name) {
        return HistoryServer.isName(name) && !NO_SEGMENTS.contains(name);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether it has to be found out which of them has an application. */
    boolean areSeveral() {
        return all.size() > 1;
    }

    /** Whatever any of them may answer; there is one at least. */
    HistoryServer first() {
        return all.getFirst();
    }

    /** Null where none has that name. */
    @Nullable
    HistoryServer find(String name) {
        return all.stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
