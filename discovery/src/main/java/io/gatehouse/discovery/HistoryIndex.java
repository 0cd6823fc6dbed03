// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all who ask History Servers have learned of them: which has which application, and which do not answer at present. Bounded in
 * number and age: {@value #MOST} applications, and half as many for the time that a server is silent, each for a quarter of an hour at
 * most, because logs are moved and deleted. For any thread.
 */
final class HistoryIndex {
    static final int MOST = 1 << 17;

    private static final int GENERATION = MOST / 2;
    private static final long GENERATION_NANOS = Duration.ofMinutes(5).toNanos();

    /** What makes a server silent: nobody answers there. A full pool of ours is none of it, nor is an answer that makes no sense. */
    private static final Set<ErrorType> SILENCE = EnumSet.of(
            ErrorType.CONNECTION_REFUSED,
            ErrorType.CONNECTION_TERMINATED,
            ErrorType.CONNECTION_TIMEOUT,
            ErrorType.CONNECTION_READ_TIMEOUT,
            ErrorType.CONNECTION_WRITE_TIMEOUT,
            ErrorType.DESTINATION_IP_UNROUTABLE,
            ErrorType.DESTINATION_UNAVAILABLE,
            ErrorType.DNS_ERROR,
            ErrorType.HTTP_RESPONSE_TIMEOUT,
            ErrorType.TLS_PROTOCOL_ERROR,
            ErrorType.TLS_CERTIFICATE_ERROR,
            ErrorType.TLS_ALERT_RECEIVED);

    private static final long SILENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoTime;
    /** Those that did not answer, and when somebody may wait for them again. */
    private final Map<HistoryServer, Long> silent = new ConcurrentHashMap<>();

    /** What was learned while somebody said nothing: good until one that was silent is heard again. */
    private final Map<String, HistoryServer> forNow = new ConcurrentHashMap<>();

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
        HistoryServer known = server == null ? present.old().getOrDefault(id, forNow.get(id)) : server;
        // After a reload it may be none of them any more.
        return known != null && servers.all().contains(known) ? known : null;
    }

    /** {@code id}: valid by {@link AppIds}. */
    void learn(String id, HistoryServer server) {
        present().young().put(id, server);
    }

    /** The same where not all have said what they have: one that says nothing may have the copy that ended last. */
    void learnForNow(String id, HistoryServer server) {
        if (forNow.size() >= GENERATION) {
            forNow.clear();
        }
        forNow.put(id, server);
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
            forNow.clear();
        }
        return generations;
    }

    /** It has said something, whatever it was. */
    void answered(HistoryServer server) {
        if (silent.remove(server) != null) {
            forNow.clear();
        }
    }

    /**
     * It has said nothing, though it was waited for as long as it may need. Of one that is silent already it changes nothing: its turn
     * must come, however many ask.
     */
    void missed(HistoryServer server) {
        silent.putIfAbsent(server, nanoTime.getAsLong() + SILENCE_NANOS);
    }

    /** Whether a server that failed so has {@link #missed} a question. */
    static boolean isSilence(ErrorType error) {
        return SILENCE.contains(error);
    }

    /** The same for a call of {@link UpstreamClient}'s. */
    static boolean isSilence(Throwable failure) {
        ErrorType error = UpstreamClient.CallFailedException.in(failure);
        return error != null && isSilence(error);
    }

    /** Whether it did not answer the last time. */
    boolean isSilent(HistoryServer server) {
        return silent.containsKey(server);
    }

    /**
     * Called by who has others to ask as well, before it asks this one; returns whether it should wait for it as long as for them. Yes for
     * one that answers; of those who ask one that does not, one in ten seconds has the turn, so that it is found again.
     */
    boolean takeTurn(HistoryServer server) {
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
