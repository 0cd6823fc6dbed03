// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Asks one History Server for one application, without any viewer's credentials. All who ask for the same one within a second
 * share one question, and a log that is whole is not asked for again for a minute, so a page that waits costs the History
 * Server nearly nothing. Safe for any thread.
 */
final class HistoryLookup {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FINISHED_NANOS = Duration.ofMinutes(1).toNanos();
    /** An entry has some hundred bytes for each attempt, and a name of any length. */
    private static final int MAX_ENTRY = EntryScanner.LARGEST_ENTRY;

    private static final int MOST_KEPT = 4096;

    private final UpstreamClient client;
    private final LongSupplier nanoTime;
    /** Guarded by itself; the one that was asked longest ago comes first. */
    private final LinkedHashMap<Question, Asked> asked = new LinkedHashMap<>();

    private record Question(HistoryServer server, String id) {}

    private record Asked(long nanos, CompletableFuture<HistoryState> answer) {
        boolean holds(long now) {
            HistoryState entry = answer.getNow(HistoryState.Unknown.INSTANCE);
            return !answer.isDone()
                    || now - nanos <= (entry instanceof HistoryState.Finished ? FINISHED_NANOS : FRESH_NANOS);
        }
    }

    /** {@code nanoTime}: a monotonic clock. */
    HistoryLookup(UpstreamClient client, LongSupplier nanoTime) {
        this.client = client;
        this.nanoTime = nanoTime;
    }

    /**
     * What the History Server knows of an application, now or a second ago.
     *
     * @param id valid by {@link AppIds}
     * @return never completes exceptionally; may complete on an event loop
     */
    CompletableFuture<HistoryState> find(HistoryServer server, String id) {
        Question question = new Question(server, id);
        long now = nanoTime.getAsLong();
        CompletableFuture<HistoryState> answer = new CompletableFuture<>();
        synchronized (asked) {
            Asked known = asked.get(question);
            if (known != null && known.holds(now)) {
                return known.answer();
            }
            asked.remove(question);
            asked.put(question, new Asked(now, answer));
            if (asked.size() > MOST_KEPT) {
                asked.pollFirstEntry();
            }
        }
        client.get(server.asked(), UiRouter.APPLICATIONS + "/" + id, MAX_ENTRY, DEADLINE)
                .thenApply(reply -> read(reply, id))
                .exceptionally(HistoryLookup::unreachable)
                .thenAccept(answer::complete);
        return answer;
    }

    private static HistoryState unreachable(Throwable failure) {
        return HistoryIndex.isSilence(failure)
                ? HistoryState.Unreachable.INSTANCE
                : HistoryState.Unreachable.UNREADABLE;
    }

    /** Reads the answer to {@code /api/v1/applications/<id>} (Spark's {@code OneApplicationResource}). */
    static HistoryState read(UpstreamClient.Reply reply, String id) {
        return switch (reply.status()) {
            case 200 -> entry(reply.body(), id);
            case 404 -> HistoryState.Unknown.INSTANCE;
            case 301, 302, 303, 307, 308, 401, 403 -> HistoryState.Hidden.INSTANCE;
            // A gateway's word that nobody is behind it.
            case 502, 503, 504 -> HistoryState.Unreachable.INSTANCE;
            default -> HistoryState.Unreachable.UNREADABLE;
        };
    }

    private static HistoryState entry(byte[] body, String id) {
        JsonNode entry;
        try {
            entry = JSON.readTree(body);
        } catch (IOException notJson) {
            // The page of a login, say.
            return HistoryState.Hidden.INSTANCE;
        }
        JsonNode newest = entry.path("attempts").path(0);
        if (!entry.path("id").asText().equals(id) || !newest.isObject()) {
            return HistoryState.Unreachable.UNREADABLE;
        }
        String text = newest.path("attemptId").asText("");
        String attempt = AppIds.isValid(text) ? text : null;
        return newest.path("completed").asBoolean()
                ? new HistoryState.Finished(attempt, newest.path("endTimeEpoch").asLong(-1))
                : new HistoryState.Unfinished(attempt);
    }
}
