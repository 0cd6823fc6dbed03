// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The Chrome DevTools Protocol on one WebSocket: numbered calls with answers, and events, each for a session (an
 * attached page) or the browser.
 *
 * <p>Used by {@link Browser} and {@link Page} from the test's thread. Events arrive on one thread at a time and in
 * order; a listener must not wait for a call's answer, which the same thread would have to deliver.
 */
final class DevTools implements AutoCloseable {

    /** The session of calls to the browser itself. */
    static final String BROWSER = "";

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> listeners = new ConcurrentHashMap<>();
    private final WebSocket socket;

    /** The last send; a WebSocket takes the next text only when the one before is through. */
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

    DevTools(URI address) {
        socket = client.newWebSocketBuilder()
                .buildAsync(address, new Incoming())
                .orTimeout(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Calls {@code listener} with method and params of each event of the session, until {@link #forget}. */
    void listen(String session, BiConsumer<String, JsonNode> listener) {
        listeners.put(session, listener);
    }

    /** Drops the session's listener. */
    void forget(String session) {
        listeners.remove(session);
    }

    /** Sends a command and waits for its answer; an error of the browser becomes an {@link IllegalStateException}. */
    JsonNode call(String session, String method, Map<String, ?> params) {
        CompletableFuture<JsonNode> answer = send(session, method, params);
        try {
            return answer.get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("DevTools call " + method + " " + params + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in DevTools call " + method, e);
        }
    }

    /** Sends a command and returns at once; also for listeners. */
    synchronized CompletableFuture<JsonNode> send(String session, String method, Map<String, ?> params) {
        long id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        String text = session.equals(BROWSER)
                ? json(Map.of("id", id, "method", method, "params", params))
                : json(Map.of("id", id, "method", method, "params", params, "sessionId", session));
        sending = sending.thenCompose(before -> socket.sendText(text, true)).whenComplete((done, error) -> {
            if (error != null) {
                answer.completeExceptionally(error);
            }
        });
        return answer;
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }

    private static String json(Map<String, ?> message) {
        try {
            return JSON.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void received(JsonNode message) {
        CompletableFuture<JsonNode> answer =
                message.has("id") ? waiting.remove(message.get("id").asLong()) : null;
        if (answer == null) {
            listeners
                    .getOrDefault(message.path("sessionId").asText(BROWSER), (method, params) -> {})
                    .accept(message.path("method").asText(), message.path("params"));
        } else if (message.has("error")) {
            answer.completeExceptionally(
                    new IllegalStateException(message.get("error").toString()));
        } else {
            answer.complete(message.path("result"));
        }
    }

    private void lost(String reason) {
        waiting.values().forEach(answer -> answer.completeExceptionally(new IllegalStateException(reason)));
    }

    /** Puts the parts of a message together and hands it on. */
    private final class Incoming implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                String text = message.toString();
                message.setLength(0);
                try {
                    received(JSON.readTree(text));
                } catch (JsonProcessingException e) {
                    lost("the browser sent no JSON: " + e);
                }
            }
            webSocket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            lost("the browser closed the connection: " + statusCode + " " + reason);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            lost("the connection to the browser broke: " + error);
        }
    }
}
