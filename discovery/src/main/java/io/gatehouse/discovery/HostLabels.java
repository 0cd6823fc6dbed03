// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which application a host's label stands for. Most ids are labels themselves; of the others those of the directory are known, each
 * hashed once. Used by all event loops.
 */
final class HostLabels {
    private final Map<String, String> labels = new ConcurrentHashMap<>();
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    /** Knows the applications of the directory from now on, and no others. */
    void use(AppDirectory directory) {
        directory
                .ids()
                .filter(id -> !ApplicationHosts.isLabel(id))
                .forEach(id -> ids.put(labels.computeIfAbsent(id, ApplicationHosts::label), id));
        labels.keySet().removeIf(id -> !directory.knows(id));
        ids.values().removeIf(id -> !directory.knows(id));
    }

    /** The id; null where the label stands for none that is known. What is its own label may never have run. */
    @Nullable
    String id(String label) {
        return ApplicationHosts.isLabel(label) ? label : ids.get(label);
    }
}
