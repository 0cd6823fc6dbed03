// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All running applications at one moment, and what is known of some that do not run. Immutable: a request works on one
 * snapshot from its beginning to its end.
 */
public final class AppDirectory {
    public static final AppDirectory EMPTY = new AppDirectory(List.of());

    private final Map<String, Application> byId;
    private final Map<String, ApplicationLife> others;

    /** Where two sources know the same application, the first in the list counts. */
    public AppDirectory(List<Application> applications) {
        this(applications, Map.of());
    }

    /** {@code others}: by id, applications that do not run; immutable, and shared with other snapshots. */
    AppDirectory(List<Application> applications, Map<String, ApplicationLife> others) {
        Map<String, Application> map = new LinkedHashMap<>();
        for (Application application : applications) {
            map.merge(application.id(), application, AppDirectory::better);
        }
        this.byId = Collections.unmodifiableMap(map);
        this.others = others;
    }

    private AppDirectory(Map<String, Application> byId, Map<String, ApplicationLife> others) {
        this.byId = byId;
        this.others = others;
    }

    /** The same running applications, and others of those that do not run. */
    AppDirectory with(Map<String, ApplicationLife> newOthers) {
        return new AppDirectory(byId, newOthers);
    }

    /** The earlier source, unless only the later one has heard from the driver. */
    private static Application better(Application first, Application second) {
        return first.listing() == null && second.listing() != null ? second : first;
    }

    public @Nullable Application find(String id) {
        return byId.get(id);
    }

    /** Where in its life an application is. */
    public ApplicationLife life(String id) {
        Application running = byId.get(id);
        return running != null
                ? new ApplicationLife.Running(running)
                : others.getOrDefault(id, ApplicationLife.Unknown.INSTANCE);
    }

    /** Those of all applications of which anything is known. */
    Stream<String> ids() {
        return Stream.concat(byId.keySet().stream(), others.keySet().stream());
    }

    /** Whether the same applications run, and the same is known of those that do not; what drivers say may differ. */
    boolean hasSameApplications(AppDirectory other) {
        // One look, mostly: the map is shared until it changes.
        return others.equals(other.others) && byId.keySet().equals(other.byId.keySet());
    }

    /** How many ended so lately that their logs may still become whole. */
    long finalising(Instant now) {
        return others.values().stream()
                .filter(life -> life instanceof ApplicationLife.Over over && HandOver.mayBecomeWhole(over, now))
                .count();
    }

    public Collection<Application> applications() {
        return byId.values();
    }

    public int size() {
        return byId.size();
    }
}
