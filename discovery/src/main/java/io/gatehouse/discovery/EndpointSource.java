// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Applications behind UIs whose addresses are known: those of the configuration, and the local processes. Asks each UI
 * which application it is, all side by side; one that hangs delays nobody but itself.
 */
public final class EndpointSource extends PollingSource {
    private final Supplier<List<UiEndpoint>> endpoints;
    private final UiProbe probe;
    /** What each endpoint said last. Touched by one round at a time, on the scheduler. */
    private final Map<UiEndpoint, Application> known = new HashMap<>();

    private final Map<UiEndpoint, CompletableFuture<UiProbe.Result>> underWay = new HashMap<>();
    private final ScheduledExecutorService scheduler;

    public EndpointSource(
            String name,
            Supplier<List<UiEndpoint>> endpoints,
            UpstreamClient client,
            ScheduledExecutorService scheduler,
            Duration interval) {
        super(name, scheduler, interval);
        this.endpoints = endpoints;
        this.scheduler = scheduler;
        this.probe = new UiProbe(client, Duration.ofSeconds(30));
    }

    @Override
    CompletableFuture<List<Application>> look(Consumer<List<Application>> found) {
        List<UiEndpoint> current = endpoints.get();
        known.keySet().retainAll(current);
        underWay.keySet().retainAll(current);
        for (UiEndpoint endpoint : current) {
            String id = endpoint.id();
            if (id != null && !known.containsKey(endpoint)) {
                known.put(endpoint, new Application(id, name(), endpoint.ui(), null));
            }
            if (!underWay.containsKey(endpoint)) {
                CompletableFuture<UiProbe.Result> asked = probe.probe(endpoint.ui());
                underWay.put(endpoint, asked);
                asked.thenAcceptAsync(result -> answered(endpoint, result, found), scheduler);
            }
        }
        // A slow UI reports when it has answered; the round does not wait for it.
        return CompletableFuture.completedFuture(new ArrayList<>(known.values()));
    }

    private void answered(UiEndpoint endpoint, UiProbe.Result result, Consumer<List<Application>> found) {
        underWay.remove(endpoint);
        switch (result) {
            case UiProbe.Result.Running running -> {
                if (endpoint.id() == null || endpoint.id().equals(running.id())) {
                    known.put(endpoint, new Application(running.id(), name(), endpoint.ui(), running.listing()));
                }
            }
            case UiProbe.Result.Unclear unclear -> {
                // Starting, busy or something else altogether: what was known stays.
            }
            case UiProbe.Result.Gone gone -> {
                if (endpoint.id() == null) {
                    known.remove(endpoint);
                } else {
                    known.put(endpoint, new Application(endpoint.id(), name(), endpoint.ui(), null));
                }
            }
        }
        if (!isClosed()) {
            found.accept(new ArrayList<>(known.values()));
        }
    }
}
