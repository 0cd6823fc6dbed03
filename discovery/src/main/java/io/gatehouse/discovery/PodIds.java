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
 * Which of several pods of a cluster an application's id means. Whoever may create pods writes what he likes on them, another's id too: what
 * belongs to another place ({@link IdOwners}) is not shown. In its own, the newest pod counts, which is the one that an operator has just
 * started again.
 */
final class PodIds {
    private static final Logger LOG = LoggerFactory.getLogger(PodIds.class);

    private final String cluster;
    private final IdOwners owners;
    private Map<String, TrackedPod> byId = Map.of();
    /** Those that were told to the log; by uid. */
    private final Set<String> refused = new HashSet<>();

    PodIds(String cluster, IdOwners owners) {
        this.cluster = cluster;
        this.owners = owners;
    }

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
            IdOwners.Owner itself =
                    new IdOwners.Owner(cluster, pod.pod().namespace(), pod.pod().created());
            IdOwners.Owner owner = owners.claim(id, itself);
            if (owner.isAt(itself)) {
                chosen.put(id, pod);
            } else {
                pretenders.add(pod.pod().uid());
                warn(id, pod, owner);
            }
        }
        refused.retainAll(pretenders);
        byId = chosen;
        return chosen.values();
    }

    private void warn(String id, TrackedPod pod, IdOwners.Owner owner) {
        if (refused.add(pod.pod().uid())) {
            LOG.atWarn()
                    .addKeyValue("app", id)
                    .addKeyValue("pod", cluster + "/" + pod.pod())
                    .addKeyValue("owner", owner)
                    .log("a pod has the id of an application of another namespace, and is not shown");
        }
    }
}
