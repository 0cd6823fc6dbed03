// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallRouter;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.proxy.login.Logins;
import io.gatehouse.session.Fleet;
import io.gatehouse.session.SessionStore;
import io.netty.util.AsciiString;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The connect door's judgement: who calls, whether the pool is open to them, and which server has, or gets, the session.
 *
 * <pre>
 *   {@link ConnectInspector}   method, pool, login, access        of each call, from its head and first bytes
 *   {@link SessionRouting}     store → search → place and claim   the server of its session
 *   {@link ConnectCall}        edits, pins, gives back            while it is on its way
 * </pre>
 */
public final class ConnectRouter implements CallRouter {
    private final Supplier<PoolTable> pools;
    private final Logins logins;
    private final InstantSource clock;
    private final Fingerprints fingerprints = new Fingerprints(new SecureRandom());
    private final LiveSessions live;
    private final SessionRouting routing;

    /**
     * @param pools asked anew for each call
     * @param calls asks servers for sessions of which nothing is known
     * @param ticker the monotonic clock, in nanoseconds
     * @param random decides between servers that are equal; for any thread
     */
    public ConnectRouter(
            Supplier<PoolTable> pools,
            Logins logins,
            SessionStore store,
            Fleet fleet,
            UnaryCalls calls,
            InstantSource clock,
            LongSupplier ticker,
            RandomGenerator random) {
        this.pools = pools;
        this.logins = logins;
        this.clock = clock;
        this.live = new LiveSessions(store, clock);
        OwnerSearch search = new OwnerSearch(calls, fleet, ticker);
        Places places = new Places(store, new StaleSessions(store, fleet, search, clock));
        this.routing = new SessionRouting(store, fleet, search, places, live, random);
    }

    @Override
    public Connection connect() {
        LoginMemo memo = new LoginMemo(logins, clock, fingerprints);
        return head -> new ConnectInspector(head, pools.get(), memo, routing);
    }

    @Override
    public Set<AsciiString> withheldMetadata() {
        return Metadata.WITHHELD;
    }

    /** To be called once a minute or more often: sessions whose calls take long are in use all that time. */
    public void tick() {
        live.tick();
    }
}
