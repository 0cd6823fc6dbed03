// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.util.HashSet;
import java.util.List;

/**
 * Upstreams that give the same answers, so that any of them may get a request: replicas of a History Server. Most groups
 * have one member, and cost what one upstream costs.
 *
 * <p>Made by discovery and configuration, as {@link Upstream}s are; immutable.
 *
 * @param members at least one, none twice; the first one's authority stands for all of them
 */
public record UpstreamGroup(List<Upstream> members) {
    public UpstreamGroup {
        members = List.copyOf(members);
        if (members.isEmpty() || new HashSet<>(members).size() < members.size()) {
            throw new IllegalArgumentException("a group has one upstream or several different ones: " + members);
        }
    }

    /** A group of one. */
    public static UpstreamGroup of(Upstream only) {
        return new UpstreamGroup(List.of(only));
    }

    public Upstream first() {
        return members.getFirst();
    }

    /** Whether there is nothing to choose from. */
    public boolean isSingle() {
        return members.size() == 1;
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
