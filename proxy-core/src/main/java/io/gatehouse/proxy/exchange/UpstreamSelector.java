// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says which member of a group gets a request, and passes on to {@link UpstreamHealth} what came of it. One per event loop;
 * only that loop touches it. For a group of one nothing is counted: there is nothing to choose.
 */
final class UpstreamSelector {
    private final UpstreamPool pool;
    private final UpstreamHealth health;
    private int turn;

    UpstreamSelector(UpstreamPool pool, UpstreamHealth health) {
        this.pool = pool;
        this.health = health;
    }

    /**
     * The member with the fewest requests of this loop, among equals each in turn; an ejected one only to probe it, or when
     * all are ejected: then the one whose time ends first.
     *
     * @param tried where this request has failed already; it goes to another
     */
    Upstream select(ForwardTarget target, @Nullable Upstream tried) {
        UpstreamGroup group = target.group();
        return group.isSingle() ? group.first() : among(group.members(), tried);
    }

    private Upstream among(List<Upstream> members, @Nullable Upstream tried) {
        Upstream best = null;
        Upstream soonest = null;
        int bestLoad = 0;
        int start = Math.floorMod(turn++, members.size());
        for (int i = 0; i < members.size(); i++) {
            Upstream member = members.get((start + i) % members.size());
            if (tried != null && member.equals(tried)) {
                continue;
            }
            if (!health.isEjected(member)) {
                int load = pool.load(member);
                if (best == null || load < bestLoad) {
                    best = member;
                    bestLoad = load;
                }
            } else if (tried == null && health.takeProbe(member)) {
                // Not with a request that has failed once: its second attempt is its last.
                return member;
            } else if (soonest == null || health.ejectedUntilNanos(member) - health.ejectedUntilNanos(soonest) < 0) {
                soonest = member;
            }
        }
        if (best != null) {
            return best;
        }
        return soonest != null ? soonest : members.getFirst();
    }

    /** Whether a request of which nothing was sent may go to another member. */
    boolean hasAnother(ForwardTarget target, ErrorType error) {
        return !target.group().isSingle() && UpstreamHealth.isFault(error);
    }

    /** The upstream's response was whole. */
    void answered(ForwardTarget target, Upstream upstream, int status) {
        if (target.group().isSingle()) {
            return;
        }
        if (UpstreamHealth.isGatewayError(status)) {
            health.failed(target, upstream);
        } else {
            health.succeeded(upstream);
        }
    }

    /** There was no response, or not all of it. */
    void failed(ForwardTarget target, Upstream upstream, ErrorType error) {
        if (!target.group().isSingle() && UpstreamHealth.isFault(error)) {
            health.failed(target, upstream);
        }
    }
}
