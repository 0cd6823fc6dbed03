// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What drivers and the History Server put before the links of their pages: their pages say it, and it never changes while they run.
 * Spark does as {@code X-Forwarded-Context} asks, unless it has been started with a prefix of its own. Used by all event loops.
 */
final class PageRoots {
    private final Map<Key, String> roots = new ConcurrentHashMap<>();

    /** One server of Spark's: whose pages it has, and where. */
    record Key(String id, Upstream server) {
        static Key of(Application application) {
            return new Key(application.id(), application.ui());
        }

        static Key of(HistoryServer history) {
            // No application's id.
            return new Key("/" + history.name(), history.servers().first());
        }
    }

    /** Null where no page of it has been seen yet. */
    @Nullable
    String of(Key key) {
        return roots.get(key);
    }

    void learn(Key key, String root) {
        roots.put(key, root);
    }

    /** Forgets all but the applications of a directory and the History Servers. */
    void retain(AppDirectory directory, HistoryServers history) {
        Set<Key> kept = history.all().stream().map(Key::of).collect(Collectors.toSet());
        roots.keySet().removeIf(key -> {
            Application application = directory.find(key.id());
            return !kept.contains(key)
                    && (application == null || !application.ui().equals(key.server()));
        });
    }
}
