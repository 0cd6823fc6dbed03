// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.session.Claim;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionLimits;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.SessionStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** Claims places for new sessions, within the limits of their user and their pool. */
final class Places {
    private final SessionStore store;
    private final StaleSessions stale;

    Places(SessionStore store, StaleSessions stale) {
        this.store = store;
        this.stale = stale;
    }

    /**
     * Claims a place for a session of the call's user. Where a limit is reached, sessions that are no more are cleared away, and it is
     * tried once again.
     *
     * @param won what becomes of the call with the place
     * @param lost what becomes of it where the session has one already
     */
    Decision claim(
            RoutingCall call,
            SessionKey session,
            String server,
            Function<SessionRecord, Decision> won,
            Function<SessionRecord, Decision> lost) {
        SessionLimits limits = call.pool().limitsOf(call.user());
        return Stages.then(
                store.claim(session, server, false, limits),
                first -> Stages.then(again(first, session, server, limits), outcome -> switch (outcome) {
                    case Claim.Won(SessionRecord record) -> won.apply(record);
                    case Claim.Lost(SessionRecord winner) -> lost.apply(winner);
                    case Claim.UserLimit(int limit) ->
                        call.refuse(Refusals.userLimit(call.pool().name(), limit));
                    case Claim.PoolLimit(int limit) ->
                        call.refuse(Refusals.poolLimit(call.pool().name(), limit));
                }));
    }

    private CompletionStage<Claim> again(Claim first, SessionKey session, String server, SessionLimits limits) {
        Predicate<SessionRecord> whose = first instanceof Claim.UserLimit
                ? record -> record.key().user().equals(session.user())
                : record -> true;
        return first instanceof Claim.UserLimit || first instanceof Claim.PoolLimit
                ? stale.remove(session, whose)
                        .thenCompose(any -> any
                                ? store.claim(session, server, false, limits)
                                : CompletableFuture.completedFuture(first))
                : CompletableFuture.completedFuture(first);
    }
}
