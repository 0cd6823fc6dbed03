// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * The requests that a browser does not send before something else has happened: what {@link Page#beforeAskingFor} asks for. The first
 * one makes it happen, on a thread of its own; all are sent when it is over, also when it has failed.
 */
final class HeldRequests {
    private final Runnable action;
    private final BiConsumer<String, Map<String, ?>> browser;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private boolean begun;

    /** {@code browser}: sends it a command. */
    HeldRequests(Runnable action, BiConsumer<String, Map<String, ?>> browser) {
        this.action = action;
        this.browser = browser;
    }

    /** How it ended. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Takes one event {@code Fetch.requestPaused}; called by {@link DevTools}, in whose thread nothing waits. */
    void paused(JsonNode request) {
        if (!begun) {
            begun = true;
            Thread.ofVirtual().name("before a request").start(this::act);
        }
        String id = request.path("requestId").asText();
        done.whenComplete((_, _) -> browser.accept("Fetch.continueRequest", Map.of("requestId", id)));
    }

    private void act() {
        try {
            action.run();
            done.complete(null);
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }
}
