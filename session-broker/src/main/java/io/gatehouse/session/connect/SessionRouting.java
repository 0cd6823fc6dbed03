// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.session.Claim;
import io.gatehouse.session.Fleet;
import io.gatehouse.session.Placement;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionLimits;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.SessionStore;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.Messages;
import io.gatehouse.session.wire.SessionIds;
import io.gatehouse.session.wire.SparkErrors;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the server of a call's session, or a place for it.
 *
 * <pre>
 *   store ──known──────────────────────────────► forward
 *     │ not known, or  ▲ claimed here    ▲
 *     ▼ not at its     │ or by another   │
 *     │ server         │                 │
 *   search ──found─────┘                 │
 *     │ nowhere                          │
 *     ├── the method binds ──► place, claim
 *     └── it does not      ──► answered as Spark would, without a server
 * </pre>
 *
 * <p>A place is claimed before any byte goes to a server; whoever loses a claim goes where the winner does. A call whose client has seen
 * answers of the session never makes a new one: its client would take an empty session for its own. While a server says nothing nobody
 * makes one, because clients before Spark 4 do not say what they have seen; but its being down does not keep everybody waiting.
 */
final class SessionRouting {
    private final SessionStore store;
    private final Fleet fleet;
    private final OwnerSearch search;
    private final Places places;
    private final LiveSessions live;
    private final RandomGenerator random;

    SessionRouting(
            SessionStore store,
            Fleet fleet,
            OwnerSearch search,
            Places places,
            LiveSessions live,
            RandomGenerator random) {
        this.store = store;
        this.fleet = fleet;
        this.search = search;
        this.places = places;
        this.live = live;
        this.random = random;
    }

    Decision route(RoutingCall call) {
        return Stages.then(store.find(call.session()), record -> record != null ? known(call, record) : unknown(call));
    }

    private Decision known(RoutingCall call, SessionRecord record) {
        if (record.isLost()) {
            return lost(call, record);
        }
        Server server = fleet.find(call.pool().name(), record.server());
        if (server == null) {
            return serverless(call, record);
        }
        return call.method() == ConnectMethod.CLONE_SESSION
                ? clone(call, record, server)
                : forward(call, record, server, null);
    }

    /**
     * The pool has no such server any more: it has left, or was away, so that it may have been started anew. Whether the session outlived
     * that, servers are asked.
     */
    private Decision serverless(RoutingCall call, SessionRecord record) {
        Server there = fleet.inAnyLife(record);
        if (!record.pinned()) {
            // Other calls may be on their way there, so the claim stays where it can.
            return there == null
                    ? Stages.then(store.remove(record), removed -> unknown(call))
                    : move(call, record, there);
        }
        if (there != null && there.state() == Server.State.DOWN) {
            // It may have the session still, and is not asked while it is down.
            return call.refuse(Refusals.ownerUncertain());
        }
        return Stages.then(search.searchAnew(call.session()), found -> switch (found) {
            case OwnerSearch.Found.On(Server server) -> move(call, record, server);
            case OwnerSearch.Found.Nowhere nowhere -> lost(call, record);
            case OwnerSearch.Found.Closed closed -> Stages.then(store.remove(record), removed -> searched(call, found));
            // Where its server has answered, or is gone, that others are down says nothing.
            case OwnerSearch.Found.OutOfReach outOfReach ->
                there != null ? lost(call, record) : call.refuse(Refusals.ownerUncertain());
            case OwnerSearch.Found.Unsure unsure -> call.refuse(Refusals.ownerUncertain());
            case OwnerSearch.Found.TooMany(var wait) -> call.refuse(Refusals.tooManySearches(wait));
        });
    }

    private Decision move(RoutingCall call, SessionRecord record, Server server) {
        return Stages.then(
                store.replace(record.at(server.name())), moved -> moved == null ? route(call) : known(call, moved));
    }

    /**
     * The session was on a server, and is no more. Its user hears so once, by a call that would otherwise make an empty session of the
     * same id; until then it is remembered, because other calls are made, and may fail, behind the user's back.
     */
    private Decision lost(RoutingCall call, SessionRecord record) {
        CompletionStage<?> noted = call.method().binds() || call.method() == ConnectMethod.RELEASE_SESSION
                ? store.remove(record)
                : record.isLost() ? CompletableFuture.completedFuture(record) : store.replace(record.lost());
        return Stages.then(noted, done -> gone(call, true));
    }

    private Decision unknown(RoutingCall call) {
        List<Server> servers = fleet.servers(call.pool().name());
        if (call.method().binds() && !call.key().observed() && servers.size() == 1) {
            // If there is such a session it is there, and if not it begins there.
            return place(call);
        }
        return Stages.then(search.search(call.session()), found -> searched(call, found));
    }

    private Decision searched(RoutingCall call, OwnerSearch.Found found) {
        return switch (found) {
            case OwnerSearch.Found.On(Server server) -> adopt(call, server);
            case OwnerSearch.Found.Closed closed ->
                call.method() == ConnectMethod.RELEASE_SESSION
                        ? empty(call)
                        : call.refuse(SparkErrors.sessionClosed(call.key().sessionId()));
            case OwnerSearch.Found.Nowhere nowhere -> gone(call, call.key().observed());
            case OwnerSearch.Found.OutOfReach outOfReach -> outOfReach(call);
            case OwnerSearch.Found.Unsure unsure -> call.refuse(Refusals.ownerUncertain());
            case OwnerSearch.Found.TooMany(var wait) -> call.refuse(Refusals.tooManySearches(wait));
        };
    }

    /** No server that can be asked has the session; one that is down, for who knows how long, may have it. */
    private Decision outOfReach(RoutingCall call) {
        if (call.method() == ConnectMethod.RELEASE_SESSION) {
            // Clients that end do not wait for it; Spark ends by itself what nobody uses.
            return empty(call);
        }
        return call.method().binds() && !call.key().mayHaveObserved()
                ? place(call)
                : call.refuse(Refusals.ownerUncertain());
    }

    /** No server has the session. */
    private Decision gone(RoutingCall call, boolean observed) {
        ConnectMethod method = call.method();
        String sessionId = call.key().sessionId();
        if (method == ConnectMethod.RELEASE_SESSION) {
            return empty(call);
        }
        return switch (method.unbound()) {
            // Of these Spark looks at what the client has seen in an interrupt alone.
            case NOT_FOUND ->
                call.refuse(
                        observed && method == ConnectMethod.INTERRUPT
                                ? SparkErrors.sessionChanged(sessionId)
                                : SparkErrors.sessionNotFound(sessionId));
            case EMPTY_ANSWER -> observed ? call.refuse(SparkErrors.sessionChanged(sessionId)) : empty(call);
            case CREATES -> observed ? call.refuse(SparkErrors.sessionChanged(sessionId)) : place(call);
        };
    }

    private static Decision empty(RoutingCall call) {
        return call.answer(Messages.emptyAnswer(call.method(), call.key().sessionId()));
    }

    private Decision place(RoutingCall call) {
        String pool = call.pool().name();
        if (!fleet.isConfigured(pool)) {
            return call.refuse(Refusals.noPool());
        }
        return Stages.then(store.list(pool), sessions -> switch (Placement.plan(
                fleet.servers(pool), sessions, random)) {
            case Placement.NothingHealthy nothing -> call.refuse(Refusals.nothingHealthy(pool));
            case Placement.On(Server server) ->
                places.claim(
                        call,
                        call.session(),
                        server.name(),
                        record -> forward(call, record, server, null),
                        winner -> known(call, winner));
        });
    }

    /** The session exists, so no limit counts. */
    private Decision adopt(RoutingCall call, Server server) {
        return Stages.then(
                store.claim(call.session(), server.name(), true, SessionLimits.NONE), outcome -> switch (outcome) {
                    case Claim.Won(SessionRecord record) -> known(call, record);
                    case Claim.Lost(SessionRecord winner) -> known(call, winner);
                    default -> throw new IllegalStateException("no limit was given, and one is reached");
                });
    }

    /** The copy is claimed before the call goes, under an id of ours where the client leaves it to the server. */
    private Decision clone(RoutingCall call, SessionRecord record, Server server) {
        String wanted = call.key().newSessionId();
        if (!wanted.isEmpty() && !SessionIds.isValid(wanted)) {
            return call.refuse(SparkErrors.cloneFormat(wanted));
        }
        String newId = wanted.isEmpty() ? UUID.randomUUID().toString() : wanted;
        return places.claim(
                call,
                new SessionKey(call.pool().name(), call.user().name(), newId),
                server.name(),
                copy -> forward(call, record, server, copy),
                exists -> call.refuse(SparkErrors.cloneExists(newId)));
    }

    private Decision forward(RoutingCall call, SessionRecord record, Server server, @Nullable SessionRecord copy) {
        return call.forward(
                new ConnectCall(call, server, fleet, live, live.enter(record), copy == null ? null : live.enter(copy)));
    }
}
