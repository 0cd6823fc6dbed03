// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of several pods an application's id means. Whoever may create pods writes what he likes on them, another's id too: an id belongs
 * to the namespace of the pod that had it first, for as long as there is one of it; there, the newest pod counts, which is the one that
 * an operator has just started again.
 */
final class PodIds {
    private static final Logger LOG = LoggerFactory.getLogger(PodIds.class);

    private Map<String, TrackedPod> byId = Map.of();
    /** Those that were told to the log; by uid. */
    private final Set<String> refused = new HashSet<>();

    /** The pod that an id meant when they were last chosen. */
    @Nullable
    TrackedPod find(String id) {
        return byId.get(id);
    }

    /**
     * One pod of each id; those without one are left out.
     *
     * @param pods the oldest first
     */
    Collection<TrackedPod> choose(SequencedCollection<TrackedPod> pods) {
        Map<String, TrackedPod> chosen = LinkedHashMap.newLinkedHashMap(pods.size());
        Set<String> pretenders = new HashSet<>();
        for (TrackedPod pod : pods) {
            String id = pod.id();
            if (id == null) {
                continue;
            }
            TrackedPod before = chosen.get(id);
            if (before == null || before.pod().namespace().equals(pod.pod().namespace())) {
                chosen.put(id, pod);
            } else {
                pretenders.add(pod.pod().uid());
                warn(id, pod, before);
            }
        }
        refused.retainAll(pretenders);
        byId = chosen;
        return chosen.values();
    }

    private void warn(String id, TrackedPod pod, TrackedPod owner) {
        if (refused.add(pod.pod().uid())) {
            LOG.atWarn()
                    .addKeyValue("app", id)
                    .addKeyValue("pod", pod.pod())
                    .addKeyValue("owner", owner.pod())
                    .log("a pod has the id of an application of another namespace, and is not shown");
        }
    }
}
