// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Where a new session goes. */
public sealed interface Placement {
    /** To that server. */
    record On(Server server) implements Placement {}

    /** Nowhere: no server takes sessions. */
    record NothingHealthy() implements Placement {}

    /**
     * The planner: the server with the fewest sessions of those that are up; of several, any. A pure function.
     *
     * @param sessions of the pool, those of servers that are not in {@code servers} included; those that a server had before it was away
     *     count for it, or all new ones would go to one that was away for a moment
     * @param random decides between equals, so that several processes that know the same do not all choose the same
     */
    static Placement plan(List<Server> servers, List<SessionRecord> sessions, RandomGenerator random) {
        Map<String, Integer> load = new HashMap<>();
        for (SessionRecord session : sessions) {
            load.merge(Server.withoutLife(session.server()), 1, Integer::sum);
        }
        int least = Integer.MAX_VALUE;
        List<Server> candidates = new ArrayList<>();
        for (Server server : servers) {
            int count = load.getOrDefault(Server.withoutLife(server.name()), 0);
            if (server.state() != Server.State.UP || count > least) {
                continue;
            }
            if (count < least) {
                least = count;
                candidates.clear();
            }
            candidates.add(server);
        }
        return candidates.isEmpty()
                ? new NothingHealthy()
                : new On(candidates.get(candidates.size() == 1 ? 0 : random.nextInt(candidates.size())));
    }
}
