// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * A pool as its owner wants it.
 *
 * @param hosts the host names it answers at, without ports; case does not matter
 * @param users who may use it, by name
 * @param groups who may use it, by group; where both are empty, everybody
 * @param limits how many sessions there may be
 * @param idleTimeout after which a session that nobody uses counts no more
 * @param endIdleSessions whether it is ended at its server then. Not where others use the servers too, whose calls are not known here
 * @param quotas other limits for some; of those that fit a user the last counts
 */
public record PoolSpec(
        String name,
        Set<String> hosts,
        Set<String> users,
        Set<String> groups,
        SessionLimits limits,
        Duration idleTimeout,
        boolean endIdleSessions,
        List<Quota> quotas) {
    /**
     * Another limit for some users.
     *
     * @param users by name
     * @param groups by group
     * @param maxSessionsPerUser of each of them; 0 leaves the pool's
     */
    public record Quota(Set<String> users, Set<String> groups, int maxSessionsPerUser) {
        public Quota {
            users = Set.copyOf(users);
            groups = Set.copyOf(groups);
        }

        boolean fits(Principal user) {
            return users.contains(user.name()) || !Collections.disjoint(groups, user.groups());
        }
    }

    public PoolSpec {
        hosts = Set.copyOf(hosts);
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        quotas = List.copyOf(quotas);
        if (name.isEmpty() || !idleTimeout.isPositive()) {
            throw new IllegalArgumentException("a pool has a name, and its sessions may be idle for some time");
        }
    }

    /** Whether the pool is open to a user. */
    public boolean isOpenTo(Principal user) {
        return (users.isEmpty() && groups.isEmpty())
                || users.contains(user.name())
                || !Collections.disjoint(groups, user.groups());
    }

    /** The limits that hold for a user. */
    public SessionLimits limitsOf(Principal user) {
        int perUser = limits.perUser();
        for (Quota quota : quotas) {
            if (quota.maxSessionsPerUser() > 0 && quota.fits(user)) {
                perUser = quota.maxSessionsPerUser();
            }
        }
        return new SessionLimits(perUser, limits.total());
    }
}
