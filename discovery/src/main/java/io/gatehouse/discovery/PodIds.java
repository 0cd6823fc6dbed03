// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
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
 * to the namespace of the first pod that had it, also when that pod has gone. There, the newest pod counts, which is the one that an
 * operator has just started again.
 */
final class PodIds {
    private static final Logger LOG = LoggerFactory.getLogger(PodIds.class);

    /** Of ids whose pods have all gone. */
    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, Owner> owners = new HashMap<>();
    private Map<String, TrackedPod> byId = Map.of();
    /** Those that were told to the log; by uid. */
    private final Set<String> refused = new HashSet<>();

    /** @param created when the cluster took in the first pod with the id */
    private record Owner(String namespace, Instant created) {}

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
            String namespace = pod.pod().namespace();
            Owner owner = owners.merge(id, new Owner(namespace, pod.pod().created()), PodIds::first);
            if (owner.namespace().equals(namespace)) {
                chosen.put(id, pod);
            } else {
                pretenders.add(pod.pod().uid());
                warn(id, pod, owner);
            }
        }
        refused.retainAll(pretenders);
        if (owners.size() > pods.size() + MOST_REMEMBERED) {
            owners.keySet().retainAll(chosen.keySet());
        }
        byId = chosen;
        return chosen.values();
    }

    private static Owner first(Owner known, Owner other) {
        return other.created().isBefore(known.created()) ? other : known;
    }

    private void warn(String id, TrackedPod pod, Owner owner) {
        if (refused.add(pod.pod().uid())) {
            LOG.atWarn()
                    .addKeyValue("app", id)
                    .addKeyValue("pod", pod.pod())
                    .addKeyValue("owner", owner.namespace())
                    .log("a pod has the id of an application of another namespace, and is not shown");
        }
    }
}
