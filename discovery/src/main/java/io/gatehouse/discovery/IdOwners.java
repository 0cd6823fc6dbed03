// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * To which namespace of which cluster an application's id belongs: that of the first pod that had it, also when that pod has gone.
 * Shared by the sources of all clusters, and asked on their thread only.
 */
public final class IdOwners {
    /** Some ten megabytes of them; the pods that there are tell theirs again. */
    private static final int MOST = 50_000;

    private final SequencedMap<String, Owner> owners = new LinkedHashMap<>();
    private volatile Set<String> clusters = Set.of();

    /** @param created when the cluster took in the first pod with the id */
    record Owner(String cluster, String namespace, Instant created) {
        /** Whether the pod of another of the same place is one of its own. */
        boolean isAt(Owner other) {
            return cluster.equals(other.cluster) && namespace.equals(other.namespace);
        }

        @Override
        public String toString() {
            return cluster + "/" + namespace;
        }
    }

    /** Takes in that a pod has an id; returns whose that is. */
    Owner claim(String id, Owner claimant) {
        Owner owner = owners.merge(id, claimant, this::first);
        if (owners.size() > MOST) {
            owners.pollFirstEntry();
        }
        return owner;
    }

    private Owner first(Owner known, Owner other) {
        return !clusters.contains(known.cluster()) || other.created().isBefore(known.created()) ? other : known;
    }

    /**
     * Says which clusters there are, at the start and on reload, from any thread: what belongs to others is anybody's, so that one that
     * has another name now is not refused its own ids.
     */
    public void use(Set<String> names) {
        clusters = Set.copyOf(names);
    }
}
