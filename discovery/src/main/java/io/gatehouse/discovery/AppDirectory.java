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
    private final Map<String, AbsentApplication> absent;
    private final Map<String, String> troubles;

    /** Where two sources know the same application, the first in the list counts. */
    public AppDirectory(List<Application> applications) {
        this(applications, Map.of());
    }

    /** {@code absent}: by id, applications that do not run; immutable, and shared with other snapshots. */
    AppDirectory(List<Application> applications, Map<String, AbsentApplication> absent) {
        Map<String, Application> map = new LinkedHashMap<>();
        for (Application application : applications) {
            map.merge(application.id(), application, AppDirectory::better);
        }
        this.byId = Collections.unmodifiableMap(map);
        this.absent = absent;
        this.troubles = Map.of();
    }

    private AppDirectory(
            Map<String, Application> byId, Map<String, AbsentApplication> absent, Map<String, String> troubles) {
        this.byId = byId;
        this.absent = absent;
        this.troubles = troubles;
    }

    /** The same running applications, and others of those that do not run. */
    AppDirectory with(Map<String, AbsentApplication> others) {
        return new AppDirectory(byId, others, troubles);
    }

    /** The same with what keeps sources from seeing how things are, by their names. */
    AppDirectory with(Map<String, AbsentApplication> others, Map<String, String> newTroubles) {
        return new AppDirectory(byId, others, newTroubles);
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
        if (running != null) {
            return new ApplicationLife.Running(running);
        }
        AbsentApplication application = absent.get(id);
        return application == null ? ApplicationLife.Unknown.INSTANCE : application.life();
    }

    /** Those of all applications of which anything is known. */
    Stream<String> ids() {
        return Stream.concat(byId.keySet().stream(), absent.keySet().stream());
    }

    /** Whether the same applications run, and the same is known of those that do not; what drivers say may differ. */
    boolean hasSameApplications(AppDirectory other) {
        // One look, mostly: the map is shared until it changes.
        return absent.equals(other.absent)
                && troubles.equals(other.troubles)
                && byId.keySet().equals(other.byId.keySet());
    }

    /** How many ended so lately that their logs may still appear, or become whole: a list looks different when one of them may not. */
    long finalising(Instant now) {
        long finalising = 0;
        for (AbsentApplication application : absent.values()) {
            if (application.life() instanceof ApplicationLife.Over over) {
                finalising += HandOver.mayBecomeWhole(over, now) ? 1 : 0;
                finalising += HandOver.mayAppear(over, now) ? 1 : 0;
            }
        }
        return finalising;
    }

    public Collection<Application> applications() {
        return byId.values();
    }

    /** Those of which something is known, though they do not run. */
    Collection<AbsentApplication> absent() {
        return absent.values();
    }

    /** How many of those that do not run are at this point of their life. */
    long count(Class<? extends ApplicationLife> life) {
        return absent.values().stream()
                .filter(application -> life.isInstance(application.life()))
                .count();
    }

    /** What keeps sources from seeing how things are, by their names; what they saw before is what stands here. */
    Map<String, String> troubles() {
        return troubles;
    }

    public int size() {
        return byId.size();
    }
}
