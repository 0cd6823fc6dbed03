// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.Messages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes sessions that nobody has used for longer than their pool allows, ends them at their server where the pool says so ({@link
 * PoolSpec#endIdleSessions}), and drops claims that no session followed. Driven by a timer.
 */
public final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);
    /** How long a place is kept for a session whose server has not answered. A call under way counts as use. */
    static final Duration CLAIM_LIFE = Duration.ofMinutes(15);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Supplier<Collection<PoolSpec>> pools;
    private final SessionStore store;
    private final Fleet fleet;
    private final UnaryCalls calls;
    private final InstantSource clock;
    /** Pools that were configured once: their sessions end as well. */
    private final Map<String, PoolSpec> known = new ConcurrentHashMap<>();

    /** @param pools asked anew each time */
    public SessionKeeper(
            Supplier<Collection<PoolSpec>> pools,
            SessionStore store,
            Fleet fleet,
            UnaryCalls calls,
            InstantSource clock) {
        this.pools = pools;
        this.store = store;
        this.fleet = fleet;
        this.calls = calls;
        this.clock = clock;
    }

    /** To be called once a minute or so. */
    public void tick() {
        for (PoolSpec pool : pools.get()) {
            known.put(pool.name(), pool);
        }
        known.forEach((name, pool) -> store.list(name).whenComplete((sessions, problem) -> {
            if (sessions == null) {
                LOG.atWarn().addKeyValue("pool", name).log("idle sessions cannot be looked for");
            } else {
                sweep(pool, sessions);
            }
        }));
    }

    private void sweep(PoolSpec pool, List<SessionRecord> sessions) {
        Instant now = clock.instant();
        Duration idleTimeout = pool.idleTimeout();
        for (SessionRecord session : sessions) {
            Duration allowed = session.pinned() || idleTimeout.compareTo(CLAIM_LIFE) < 0 ? idleTimeout : CLAIM_LIFE;
            if (session.lastActivity().plus(allowed).isBefore(now)) {
                store.remove(session).whenComplete((removed, problem) -> {
                    if (Boolean.TRUE.equals(removed) && pool.endIdleSessions()) {
                        endAtServer(session);
                    }
                });
            }
        }
    }

    private void endAtServer(SessionRecord session) {
        SessionKey key = session.key();
        Server server = fleet.find(key.pool(), session.server());
        if (!session.pinned() || server == null) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("pool", key.pool())
                .addKeyValue("user", key.user())
                .log("an idle session is ended");
        byte[] release = Messages.releaseSession(key.sessionId(), key.user());
        // Where this fails, Spark's own timeout ends the session.
        var reply = calls.call(
                server.upstream(), ConnectMethod.RELEASE_SESSION.path(), server.metadata(), release, TIMEOUT);
        reply.thenAccept(answer -> LOG.atDebug()
                .addKeyValue("reply", answer.getClass().getSimpleName())
                .log("an idle session was ended"));
    }
}
