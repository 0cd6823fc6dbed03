// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.time.Duration;

/** Lets servers go that have left the configuration, once no session on them is known. Driven by a timer. */
public final class Departures {
    /** For calls that chose a server just before it left. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private final StaticFleet fleet;
    private final SessionStore store;

    public Departures(StaticFleet fleet, SessionStore store) {
        this.fleet = fleet;
        this.store = store;
    }

    /** To be called once a minute or so. */
    public void tick() {
        for (String pool : fleet.pools()) {
            for (Server server : fleet.left(pool, GRACE)) {
                // Where the store does not answer, the next time will do.
                store.list(pool).thenAccept(sessions -> {
                    if (sessions.stream().noneMatch(session -> session.isOf(server))) {
                        fleet.dismiss(pool, server);
                    }
                });
            }
        }
    }
}
