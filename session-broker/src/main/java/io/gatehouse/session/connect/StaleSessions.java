// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.session.Fleet;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * Finds records of sessions that are no more, before somebody is refused a session because of them. Spark ends sessions by itself, after an
 * hour without calls unless told otherwise, and tells nobody; a user whose notebooks were closed without {@code spark.stop()} would be at
 * the limit with nothing running.
 *
 * <p>The question counts as use for Spark. It is asked only of sessions that were idle for a while, only when a limit is reached, and
 * not again before Spark has had the time to end the session, so that it keeps none alive for long that nobody uses. Safe for any thread.
 */
final class StaleSessions {
    static final Duration IDLE = Duration.ofMinutes(10);
    /** By default Spark ends a session an hour after its last call, and looks for such once a minute. */
    private static final Duration PAUSE = Duration.ofMinutes(61);

    private static final int MOST_ASKED = 64;

    private final SessionStore store;
    private final Fleet fleet;
    private final OwnerSearch search;
    private final InstantSource clock;
    /** When sessions were found to be there, for the time of {@link #PAUSE}; some may have ended since. */
    private final ConcurrentMap<SessionKey, Instant> there = new ConcurrentHashMap<>();

    StaleSessions(SessionStore store, Fleet fleet, OwnerSearch search, InstantSource clock) {
        this.store = store;
        this.fleet = fleet;
        this.search = search;
        this.clock = clock;
    }

    /**
     * Frees the places of sessions that their servers do not have.
     *
     * @param whose of the pool's sessions are looked at
     * @return whether there were any
     */
    CompletionStage<Boolean> remove(SessionKey wanted, Predicate<SessionRecord> whose) {
        if (search.takeTurn(wanted.user()) != null) {
            return CompletableFuture.completedFuture(false);
        }
        Instant now = clock.instant();
        there.values().removeIf(at -> at.plus(PAUSE).isBefore(now));
        return store.list(wanted.pool()).thenCompose(sessions -> {
            List<CompletionStage<Boolean>> checks = new ArrayList<>();
            sessions.stream()
                    .filter(session -> !session.isLost()
                            && whose.test(session)
                            && session.lastActivity().plus(IDLE).isBefore(now)
                            && !there.containsKey(session.key()))
                    .sorted(Comparator.comparing(SessionRecord::lastActivity))
                    .limit(MOST_ASKED)
                    .forEach(session -> checks.add(check(session)));
            return any(checks);
        });
    }

    private CompletionStage<Boolean> check(SessionRecord session) {
        Server last = fleet.inAnyLife(session);
        if (last != null && last.state() == Server.State.DOWN) {
            return CompletableFuture.completedFuture(false);
        }
        Server server = fleet.find(session.key().pool(), session.server());
        return (server == null ? search.searchAnew(session.key()) : search.ask(server, session.key()))
                .thenCompose(found -> switch (found) {
                    // Spark remembers whom it has told that; of a session that is gone, we do.
                    case OwnerSearch.Found.Closed closed -> store.remove(session);
                    case OwnerSearch.Found.Nowhere nowhere ->
                        session.pinned()
                                ? store.replace(session.lost()).thenApply(Objects::nonNull)
                                : store.remove(session);
                    case OwnerSearch.Found.On on -> {
                        there.put(session.key(), clock.instant());
                        yield CompletableFuture.completedFuture(false);
                    }
                    default -> CompletableFuture.completedFuture(false);
                });
    }

    private static CompletionStage<Boolean> any(List<CompletionStage<Boolean>> checks) {
        CompletionStage<Boolean> all = CompletableFuture.completedFuture(false);
        for (CompletionStage<Boolean> check : checks) {
            all = all.thenCombine(check, Boolean::logicalOr);
        }
        return all;
    }
}
