// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All running applications at one moment. Immutable: a request works on one snapshot from its beginning to its end. */
public final class AppDirectory {
    public static final AppDirectory EMPTY = new AppDirectory(List.of());

    private final Map<String, Application> byId;

    /** Where two sources know the same application, the first in the list counts. */
    public AppDirectory(List<Application> applications) {
        Map<String, Application> map = new LinkedHashMap<>();
        for (Application application : applications) {
            map.merge(application.id(), application, AppDirectory::better);
        }
        this.byId = Collections.unmodifiableMap(map);
    }

    /** The earlier source, unless only the later one has heard from the driver. */
    private static Application better(Application first, Application second) {
        return first.listing() == null && second.listing() != null ? second : first;
    }

    public @Nullable Application find(String id) {
        return byId.get(id);
    }

    public Collection<Application> applications() {
        return byId.values();
    }

    public int size() {
        return byId.size();
    }
}
