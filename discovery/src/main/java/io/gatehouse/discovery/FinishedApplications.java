// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The History Servers' lists for all who look at ours: one of each in memory, whoever asks, made anew when somebody asks and it is due
 * ({@link HeldList}). Nobody who looks, nothing asked. Safe for any thread.
 *
 * <p>What is held is bounded: {@value #MOST} rows of each server, and as many again while its list is read. It is let go of when it is
 * too old to be shown, or when the configuration has replaced its server; that is seen when somebody looks.
 */
final class FinishedApplications {
    /** What is kept; further ones, which are older, are only in the History Server's own list. */
    static final int MOST = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(FinishedApplications.class);
    private static final long MAX_BODY = 256L << 20;

    private final Asking asking;
    private final HistoryIndex index;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final Executor aside;
    private final SnapshotUnion union = new SnapshotUnion();
    /** Guarded by this. */
    private final Map<HistoryServer, HeldList> held = new LinkedHashMap<>();

    /** Port: has a server's list read; the reply comes without its body. */
    @FunctionalInterface
    interface Asking {
        CompletableFuture<UpstreamClient.Reply> ask(HistoryServer server, ListReader reader);

        static Asking through(UpstreamClient client) {
            String target = UiRouter.APPLICATIONS + "?limit=" + (MOST + 1);
            return (server, reader) -> client.read(server.asked(), target, MAX_BODY, HeldList.DEADLINE, reader);
        }
    }

    /**
     * @param nanoTime a monotonic clock
     * @param clock tells viewers when a list was made
     * @param aside for what takes long where lists are: comparing them, and making one of several
     */
    FinishedApplications(
            Asking asking, HistoryIndex index, LongSupplier nanoTime, InstantSource clock, Executor aside) {
        this.asking = asking;
        this.index = index;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.aside = aside;
    }

    /**
     * The present list of all of {@code servers}, or the one of a moment ago while it is made anew. Nobody waits longer than {@code
     * patience} for one server where there is something else to show: others, or an older list of it.
     *
     * @return never completes exceptionally; may complete on an event loop. Not complete yet where lists have changed that have to be
     *     made one
     */
    synchronized CompletableFuture<HistorySnapshot> get(HistoryServers servers, Duration patience) {
        long now = nanoTime.getAsLong();
        List<CompletableFuture<HistorySnapshot>> lists = new ArrayList<>();
        for (HistoryServer server : servers.all()) {
            HeldList list = held.computeIfAbsent(server, HeldList::new);
            list.wanted(now);
            lists.add(get(list, now, servers.areSeveral(), patience));
        }
        // Not at once: while a configuration replaces another, some still ask for what was there before.
        held.values().removeIf(list -> list.isUnwanted(now));
        return CompletableFuture.allOf(lists.toArray(CompletableFuture[]::new))
                .thenCompose(_ ->
                        together(lists.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<HistorySnapshot> get(HeldList list, long now, boolean beside, Duration patience) {
        boolean present = list.isPresent(now);
        if (list.isDue(now)) {
            ask(list, now);
        }
        if (present || list.next().isDone()) {
            return CompletableFuture.completedFuture(list.last());
        }
        return beside || list.hasRows() ? inTime(list, patience) : list.next();
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the very one that stands in for the next
    private CompletableFuture<HistorySnapshot> inTime(HeldList list, Duration patience) {
        HistorySnapshot before = list.last().unanswered();
        if (!index.takeTurn(list.server())) {
            return CompletableFuture.completedFuture(before);
        }
        return list.next()
                .copy()
                .completeOnTimeout(before, patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((snapshot, _) -> {
                    if (snapshot == before) {
                        index.missed(list.server());
                    }
                });
    }

    private CompletableFuture<HistorySnapshot> together(List<HistorySnapshot> snapshots) {
        return union.isReady(snapshots)
                ? CompletableFuture.completedFuture(union.of(snapshots))
                : CompletableFuture.supplyAsync(() -> union.of(snapshots), aside);
    }

    private void ask(HeldList list, long now) {
        ListReader reader = new ListReader(MOST);
        CompletableFuture<HistorySnapshot> next = list.asked(now);
        asking.ask(list.server(), reader)
                .handleAsync((reply, failure) -> answered(list, reader, reply, failure), aside)
                .thenAccept(next::complete);
    }

    private HistorySnapshot answered(
            HeldList list, ListReader reader, UpstreamClient.@Nullable Reply reply, @Nullable Throwable failure) {
        if (reply != null) {
            index.answered(list.server());
        } else if (failure != null && HistoryIndex.isSilence(failure)) {
            index.missed(list.server());
        }
        if (reply != null && reply.status() == 200 && reader.isWhole()) {
            return heard(list, reader);
        }
        LOG.atDebug()
                .addKeyValue("server", list.server().name())
                .addKeyValue("status", reply == null ? 0 : reply.status())
                .setCause(failure)
                .log("no list from the History Server");
        synchronized (this) {
            return list.failed(nanoTime.getAsLong());
        }
    }

    private HistorySnapshot heard(HeldList list, ListReader reader) {
        List<ListedApplication> before = rowsOf(list);
        // Outside the lock, for which event loops wait.
        List<ListedApplication> rows = reader.rows().equals(before) ? before : reader.rows();
        synchronized (this) {
            return list.heard(reader, rows, clock.instant(), nanoTime.getAsLong());
        }
    }

    private synchronized List<ListedApplication> rowsOf(HeldList list) {
        return list.last().rows();
    }
}
