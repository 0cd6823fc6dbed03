// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The History Servers' lists for all who look at ours: one snapshot of each in memory, whoever asks, made anew when somebody asks and it
 * is older than some seconds, or than ten times what it took to make. Nobody who looks, nothing asked. Safe for any thread.
 */
final class FinishedApplications {
    /** What is kept; further ones, which are older, are only in the History Server's own list. */
    static final int MOST = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(FinishedApplications.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();
    /** A long list must not keep the History Server busy for more than a tenth of its time. */
    private static final int REST = 10;

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long MAX_BODY = 256L << 20;

    private final UpstreamClient client;
    private final HistoryIndex index;
    private final LongSupplier nanoTime;
    /** Guarded by this, as all that follows. */
    private final Map<HistoryServer, Held> held = new HashMap<>();

    private final SnapshotUnion union = new SnapshotUnion();

    /** What is known of one server, and the question that is under way. */
    private static final class Held {
        final HistoryServer server;
        CompletableFuture<HistorySnapshot> next;
        HistorySnapshot last;
        boolean answered;
        long askedNanos;
        long answeredNanos;

        Held(HistoryServer server, CompletableFuture<HistorySnapshot> next) {
            this.server = server;
            this.next = next;
            this.last = HistorySnapshot.nothingOf(server);
        }
    }

    /** {@code nanoTime}: a monotonic clock. */
    FinishedApplications(UpstreamClient client, HistoryIndex index, LongSupplier nanoTime) {
        this.client = client;
        this.index = index;
        this.nanoTime = nanoTime;
    }

    /**
     * The present list of all of {@code servers}, or the one of a moment ago while it is made anew. Where there are several, nobody
     * waits longer than {@code patience} for one of them.
     *
     * @return never completes exceptionally; may complete on an event loop
     */
    synchronized CompletableFuture<HistorySnapshot> get(HistoryServers servers, Duration patience) {
        held.keySet().retainAll(servers.all());
        List<CompletableFuture<HistorySnapshot>> lists = new ArrayList<>();
        for (HistoryServer server : servers.all()) {
            CompletableFuture<HistorySnapshot> list = get(server);
            lists.add(servers.areSeveral() && !list.isDone() ? inTime(server, list, patience) : list);
        }
        return CompletableFuture.allOf(lists.toArray(CompletableFuture[]::new))
                .thenApply(_ ->
                        together(lists.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<HistorySnapshot> inTime(
            HistoryServer server, CompletableFuture<HistorySnapshot> list, Duration patience) {
        HistorySnapshot nothing = HistorySnapshot.nothingOf(server);
        if (!index.takeTurn(server)) {
            return CompletableFuture.completedFuture(nothing);
        }
        return list.copy()
                .completeOnTimeout(nothing, patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((snapshot, _) -> {
                    if (nothing.equals(snapshot)) {
                        index.missed(server);
                    }
                });
    }

    private synchronized HistorySnapshot together(List<HistorySnapshot> snapshots) {
        return union.of(snapshots);
    }

    private CompletableFuture<HistorySnapshot> get(HistoryServer server) {
        Held present = held.get(server);
        if (present == null) {
            Held fresh = new Held(server, new CompletableFuture<>());
            held.put(server, fresh);
            ask(fresh);
            return fresh.next;
        }
        long fresh = Math.max(FRESH_NANOS, REST * (present.answeredNanos - present.askedNanos));
        if (present.next.isDone() && nanoTime.getAsLong() - present.answeredNanos > fresh) {
            present.next = new CompletableFuture<>();
            ask(present);
        }
        return present.answered ? CompletableFuture.completedFuture(present.last) : present.next;
    }

    private void ask(Held about) {
        about.askedNanos = nanoTime.getAsLong();
        ListReader reader = new ListReader(MOST);
        CompletableFuture<HistorySnapshot> next = about.next;
        client.read(about.server.asked(), UiRouter.APPLICATIONS + "?limit=" + (MOST + 1), MAX_BODY, DEADLINE, reader)
                .handle((reply, failure) -> answered(about, reader, reply, failure))
                .thenAccept(next::complete);
    }

    private synchronized HistorySnapshot answered(
            Held about, ListReader reader, UpstreamClient.@Nullable Reply reply, @Nullable Throwable failure) {
        boolean good = reply != null && reply.status() == 200 && reader.isWhole();
        if (!good) {
            LOG.atDebug()
                    .addKeyValue("server", about.server.name())
                    .addKeyValue("status", reply == null ? 0 : reply.status())
                    .setCause(failure)
                    .log("no list from the History Server");
        }
        if (reply == null) {
            index.missed(about.server);
        } else {
            index.answered(about.server);
        }
        about.last = good ? fresh(reader, about.last) : about.last.outdated(about.server);
        about.answered = true;
        about.answeredNanos = nanoTime.getAsLong();
        return about.last;
    }

    /** With the rows of the list before where they are the same, so that a change is seen at a glance. */
    private static HistorySnapshot fresh(ListReader reader, HistorySnapshot before) {
        boolean same = reader.rows().equals(before.rows());
        return new HistorySnapshot(same ? before.rows() : reader.rows(), reader.isTruncated(), true);
    }
}
