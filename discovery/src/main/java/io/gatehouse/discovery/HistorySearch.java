// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks all History Servers side by side for one application, and says which one has it. Where several have it, the one in which it
 * ended last: a whole log counts more than one that was copied before its end; of equal ones the first of the configuration.
 *
 * <p>One that does not answer delays nobody for long: whoever has an answer, or has to wait for nobody but such servers as have not
 * answered the last time either, waits a moment ({@link #GRACE}) and no more.
 */
final class HistorySearch implements HandOver.HistoryFinder {
    /** Long for a server that is well. */
    static final Duration GRACE = Duration.ofMillis(300);

    private final BiFunction<HistoryServer, String, CompletableFuture<HistoryState>> lookup;
    private final HistoryIndex index;
    private final Executor graceOver;

    /** {@code lookup}: asks one server; never completes exceptionally. */
    HistorySearch(BiFunction<HistoryServer, String, CompletableFuture<HistoryState>> lookup, HistoryIndex index) {
        this(lookup, index, CompletableFuture.delayedExecutor(GRACE.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** {@code graceOver}: runs what it gets when the grace is over. */
    HistorySearch(
            BiFunction<HistoryServer, String, CompletableFuture<HistoryState>> lookup,
            HistoryIndex index,
            Executor graceOver) {
        this.lookup = lookup;
        this.index = index;
        this.graceOver = graceOver;
    }

    @Override
    public CompletableFuture<HistoryAnswer> find(HistoryServers servers, String id) {
        if (!servers.areSeveral()) {
            HistoryServer only = servers.first();
            return lookup.apply(only, id).thenApply(state -> new HistoryAnswer(state, only));
        }
        Search search = new Search(servers, id);
        search.start();
        if (!search.outcome.isDone()) {
            graceOver.execute(search::graceOver);
        }
        return search.outcome;
    }

    /** One application that is looked for. */
    private final class Search {
        private final String id;
        private final List<Asked> asked;
        private final CompletableFuture<HistoryAnswer> outcome = new CompletableFuture<>();
        private volatile boolean late;

        /** {@code silent}: whether it had not answered the last time. */
        private record Asked(HistoryServer server, boolean silent, CompletableFuture<HistoryState> answer) {}

        Search(HistoryServers servers, String id) {
            this.id = id;
            this.asked = servers.all().stream()
                    .map(server -> new Asked(server, !index.takeTurn(server), lookup.apply(server, id)))
                    .toList();
        }

        void start() {
            for (Asked one : asked) {
                one.answer().thenAccept(state -> {
                    learn(one.server(), state);
                    check();
                });
            }
        }

        private void learn(HistoryServer server, HistoryState state) {
            if (!(state instanceof HistoryState.Unreachable(boolean silent))) {
                index.answered(server);
            } else if (silent) {
                index.missed(server);
            }
        }

        void graceOver() {
            late = true;
            check();
        }

        /** Completes the search if nobody has to be waited for any more. */
        private void check() {
            HistoryAnswer answer = answer();
            if (answer == null) {
                return;
            }
            outcome.complete(answer);
            if (answer.server() == null || !isThere(answer.state())) {
                return;
            }
            if (haveAllAnswered()) {
                index.learn(id, answer.server());
            } else {
                index.learnForNow(id, answer.server());
            }
        }

        private boolean haveAllAnswered() {
            return asked.stream()
                    .map(one -> one.answer().getNow(HistoryState.Unreachable.INSTANCE))
                    .noneMatch(HistoryState.Unreachable.class::isInstance);
        }

        /** What is known so far; null where it is too early to say. */
        private @Nullable HistoryAnswer answer() {
            HistoryAnswer best = null;
            boolean waiting = false;
            for (Asked one : asked) {
                HistoryState state = one.answer().getNow(null);
                if (state == null) {
                    waiting |= !one.silent() || !late;
                    state = HistoryState.Unreachable.INSTANCE;
                }
                if (best == null || rank(state) > rank(best.state())) {
                    best = new HistoryAnswer(state, one.server());
                }
            }
            if (best == null || (waiting && !(late && isThere(best.state())))) {
                return null;
            }
            boolean ofOne = isThere(best.state()) || best.state() instanceof HistoryState.Hidden;
            return ofOne ? best : HistoryAnswer.of(best.state());
        }
    }

    private static boolean isThere(HistoryState state) {
        return state instanceof HistoryState.Finished || state instanceof HistoryState.Unfinished;
    }

    /** What says more about an application counts more; that one is missing says more than that others do not know it. */
    private static long rank(HistoryState state) {
        return switch (state) {
            case HistoryState.Finished finished -> Math.max(0, finished.ended());
            case HistoryState.Unfinished _ -> -1;
            case HistoryState.Hidden _ -> -2;
            case HistoryState.Unreachable _ -> -3;
            case HistoryState.Unknown _ -> -4;
        };
    }
}
