// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.Fleet;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.Messages;
import io.gatehouse.session.wire.SparkErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the server that has a session of which nothing is known here: after a restart, or because another process placed it. All servers
 * of the pool are asked at once to release an operation that nobody has; the one that has the session says OK, all others that there is
 * no such session, and none makes one. Safe for any thread.
 *
 * <p>Calls of a session that come at the same time share one search; that it is nowhere is remembered for a moment; and a user begins no
 * more than some searches in a while, because each goes to all servers.
 */
final class OwnerSearch {
    /** What came of a search. */
    sealed interface Found {
        /** There. */
        record On(Server server) implements Found {}

        /** It was there, and its client ended it. */
        record Closed() implements Found {}

        /** No server has it. */
        record Nowhere() implements Found {}

        /** No server said that it has it, and some said nothing. Soon they will, or be down. */
        record Unsure() implements Found {}

        /** No server that can be asked has it; one that is down may, for as long as that lasts. */
        record OutOfReach() implements Found {}

        /** The user has begun too many searches. */
        record TooMany(Duration retryAfter) implements Found {}
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long REMEMBERED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_REMEMBERED = 10_000;

    private final UnaryCalls calls;
    private final Fleet fleet;
    private final LongSupplier ticker;
    private final SearchQuota quota;
    private final ConcurrentMap<SessionKey, CompletableFuture<Found>> underWay = new ConcurrentHashMap<>();
    /** Until when sessions count as being nowhere, by the ticker. */
    private final ConcurrentMap<SessionKey, Long> nowhere = new ConcurrentHashMap<>();

    /** @param ticker the monotonic clock, in nanoseconds */
    OwnerSearch(UnaryCalls calls, Fleet fleet, LongSupplier ticker) {
        this.calls = calls;
        this.fleet = fleet;
        this.ticker = ticker;
        this.quota = new SearchQuota(ticker);
    }

    /** Looks for a session of which nothing is known. The stage never completes exceptionally. */
    CompletionStage<Found> search(SessionKey key) {
        Long until = nowhere.get(key);
        if (until != null && until - ticker.getAsLong() > 0) {
            return CompletableFuture.completedFuture(new Found.Nowhere());
        }
        return searchAnew(key);
    }

    /** Looks for a session that was somewhere: that it was nowhere a moment ago, when it had not begun, says nothing. */
    CompletionStage<Found> searchAnew(SessionKey key) {
        CompletableFuture<Found> mine = new CompletableFuture<>();
        CompletableFuture<Found> known = underWay.putIfAbsent(key, mine);
        if (known != null) {
            return known;
        }
        mine.whenComplete((found, thrown) -> ended(key, found));
        Duration wait = takeTurn(key.user());
        if (wait != null) {
            mine.complete(new Found.TooMany(wait));
        } else {
            begin(key, mine);
        }
        return mine;
    }

    private void begin(SessionKey key, CompletableFuture<Found> result) {
        List<Server> asked = new ArrayList<>();
        Found nobody = new Found.Nowhere();
        for (Server server : fleet.servers(key.pool())) {
            if (server.state() == Server.State.DOWN) {
                nobody = new Found.OutOfReach();
            } else {
                // One that was gone, too: it may be back, which costs little to find out.
                asked.add(server);
            }
        }
        if (asked.isEmpty()) {
            result.complete(nobody);
            return;
        }
        Tally tally = new Tally(asked.size(), nobody, result);
        for (Server server : asked) {
            ask(server, key).thenAccept(tally::count);
        }
    }

    /** Asks one server; what comes is neither {@link Found.OutOfReach} nor {@link Found.TooMany}. The stage never completes exceptionally. */
    CompletionStage<Found> ask(Server server, SessionKey key) {
        byte[] probe =
                Messages.probe(key.sessionId(), key.user(), UUID.randomUUID().toString());
        return calls.call(server.upstream(), ConnectMethod.RELEASE_EXECUTE.path(), server.metadata(), probe, TIMEOUT)
                .thenApply(reply -> found(server, reply));
    }

    /** Counts one more search of a user; gives null where that is in order, else how long to wait for it. */
    @Nullable
    Duration takeTurn(String user) {
        return quota.take(user);
    }

    private Found found(Server server, Reply reply) {
        return switch (reply) {
            case Reply.Failed(var error, var reason) -> {
                fleet.failed(server, error);
                boolean gone = error == ErrorType.CONNECTION_REFUSED || server.state() == Server.State.GONE;
                yield gone ? new Found.Nowhere() : new Found.Unsure();
            }
            case Reply.Answered(var status, var text, var message) -> {
                Found found = said(server, status, text);
                // One that says nothing of sessions may be one that does not take our token: checks find that out.
                if (!(found instanceof Found.Unsure)) {
                    fleet.answered(server);
                }
                yield found;
            }
        };
    }

    private static Found said(Server server, GrpcStatus status, String text) {
        if (status == GrpcStatus.OK) {
            return new Found.On(server);
        }
        if (SparkErrors.saysClosed(status, text)) {
            return new Found.Closed();
        }
        return SparkErrors.saysNotFound(status, text) ? new Found.Nowhere() : new Found.Unsure();
    }

    private void ended(SessionKey key, @Nullable Found found) {
        if (found instanceof Found.Nowhere) {
            long now = ticker.getAsLong();
            if (nowhere.size() >= MOST_REMEMBERED) {
                nowhere.values().removeIf(until -> until - now <= 0);
            }
            if (nowhere.size() < MOST_REMEMBERED) {
                nowhere.put(key, now + REMEMBERED_NANOS);
            }
        }
        underWay.remove(key);
    }

    /** Brings the answers of the servers together: the first that has it ends the search. */
    private static final class Tally {
        private final AtomicInteger missing;
        /** What it comes to where no server that was asked has it. */
        private final Found nobody;

        private final CompletableFuture<Found> result;
        private volatile boolean closed;
        private volatile boolean unsure;

        Tally(int asked, Found nobody, CompletableFuture<Found> result) {
            this.missing = new AtomicInteger(asked);
            this.nobody = nobody;
            this.result = result;
        }

        void count(Found found) {
            switch (found) {
                case Found.On on -> result.complete(on);
                case Found.Closed closedThere -> closed = true;
                case Found.Unsure nobodyKnows -> unsure = true;
                case Found.Nowhere notThere -> {}
                case Found.OutOfReach never -> {}
                case Found.TooMany never -> {}
            }
            if (missing.decrementAndGet() == 0) {
                result.complete(closed ? new Found.Closed() : unsure ? new Found.Unsure() : nobody);
            }
        }
    }
}
