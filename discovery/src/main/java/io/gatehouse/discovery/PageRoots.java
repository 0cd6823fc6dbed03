// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What drivers put before the links of their pages: their pages say it, and it never changes while a driver runs. Spark does as
 * {@code X-Forwarded-Context} asks, unless an application has been started with a prefix of its own. Used by all event loops.
 */
final class PageRoots {
    private final Map<Key, String> roots = new ConcurrentHashMap<>();

    private record Key(String id, Upstream ui) {
        static Key of(Application application) {
            return new Key(application.id(), application.ui());
        }
    }

    /** Null where no page of it has been seen yet. */
    @Nullable
    String of(Application application) {
        return roots.get(Key.of(application));
    }

    void learn(Application application, String root) {
        roots.put(Key.of(application), root);
    }

    /** Forgets the applications that the directory does not have. */
    void retain(AppDirectory directory) {
        roots.keySet().removeIf(key -> {
            Application application = directory.find(key.id());
            return application == null || !application.ui().equals(key.ui());
        });
    }
}
