// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all who ask History Servers have learned of them: which has which application, and which do not answer at present. Bounded in
 * number and age: {@value #MOST} applications, each for a quarter of an hour at most, because logs are moved and deleted. For any thread.
 */
final class HistoryIndex {
    static final int MOST = 1 << 17;

    private static final int GENERATION = MOST / 2;
    private static final long GENERATION_NANOS = Duration.ofMinutes(5).toNanos();

    private static final long SILENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoTime;
    /** Those that did not answer, and when somebody may wait for them again. */
    private final Map<HistoryServer, Long> silent = new ConcurrentHashMap<>();

    private volatile Generations generations;

    /** The older one is dropped when the younger one is full, or as old as it may be. */
    private record Generations(Map<String, HistoryServer> young, Map<String, HistoryServer> old, long sinceNanos) {}

    /** {@code nanoTime}: a monotonic clock. */
    HistoryIndex(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.generations = new Generations(new ConcurrentHashMap<>(), Map.of(), nanoTime.getAsLong());
    }

    /** The one of {@code servers} that has an application; null where that has to be asked. */
    @Nullable
    HistoryServer serverOf(HistoryServers servers, String id) {
        Generations present = present();
        HistoryServer server = present.young().get(id);
        HistoryServer known = server == null ? present.old().get(id) : server;
        // After a reload it may be none of them any more.
        return known != null && servers.all().contains(known) ? known : null;
    }

    /** {@code id}: valid by {@link AppIds}. */
    void learn(String id, HistoryServer server) {
        present().young().put(id, server);
    }

    private Generations present() {
        Generations present = generations;
        boolean old = nanoTime.getAsLong() - present.sinceNanos() > GENERATION_NANOS;
        return old || present.young().size() >= GENERATION ? next(present) : present;
    }

    @SuppressWarnings("ReferenceEquality") // whether another thread has been here before
    private synchronized Generations next(Generations before) {
        if (generations == before) {
            long now = nanoTime.getAsLong();
            Map<String, HistoryServer> kept =
                    now - before.sinceNanos() > 2 * GENERATION_NANOS ? Map.of() : before.young();
            generations = new Generations(new ConcurrentHashMap<>(), kept, now);
        }
        return generations;
    }

    /** It has said something, whatever it was. */
    void answered(HistoryServer server) {
        silent.remove(server);
    }

    /** It has said nothing in time. */
    void missed(HistoryServer server) {
        silent.put(server, nanoTime.getAsLong() + SILENCE_NANOS);
    }

    /** Whether it did not answer the last time. */
    boolean isSilent(HistoryServer server) {
        return silent.containsKey(server);
    }

    /**
     * Whether the caller, who has others to ask as well, should wait for this one as long as for them. Yes for one that answers; for one
     * that does not, only once in ten seconds, so that it is found again.
     */
    boolean isWaitedFor(HistoryServer server) {
        Long until = silent.get(server);
        long now = nanoTime.getAsLong();
        return until == null || (now - until > 0 && silent.replace(server, until, now + SILENCE_NANOS));
    }

    /** The first that answers; the first of all where none does. */
    HistoryServer anyOf(HistoryServers servers) {
        return servers.all().stream()
                .filter(server -> !isSilent(server))
                .findFirst()
                .orElseGet(servers::first);
    }
}
