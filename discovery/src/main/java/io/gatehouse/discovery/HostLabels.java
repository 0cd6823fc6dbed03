// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which application of one snapshot of the directory a host's label stands for. Most ids are labels themselves; the others are hashed
 * once, when they appear. Immutable.
 */
final class HostLabels {
    static final HostLabels NONE = new HostLabels(Map.of(), Map.of());

    private final Map<String, String> labels;
    private final Map<String, String> ids;

    private HostLabels(Map<String, String> labels, Map<String, String> ids) {
        this.labels = labels;
        this.ids = ids;
    }

    /** Those of another snapshot; what this one knows already is not hashed again. */
    HostLabels of(AppDirectory directory) {
        Map<String, String> newLabels = new HashMap<>();
        Map<String, String> newIds = new HashMap<>();
        directory.ids().filter(id -> !ApplicationHosts.isLabel(id)).forEach(id -> {
            String known = labels.get(id);
            String label = known == null ? ApplicationHosts.label(id) : known;
            newLabels.put(id, label);
            newIds.put(label, id);
        });
        return new HostLabels(newLabels, newIds);
    }

    /** The id; null where the label stands for none that is known. What is its own label may never have run. */
    @Nullable
    String id(String label) {
        return ApplicationHosts.isLabel(label) ? label : ids.get(label);
    }
}
