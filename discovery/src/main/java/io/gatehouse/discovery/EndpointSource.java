// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.exchange.UpstreamClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Applications behind UIs whose addresses are known: those of the configuration, and the local processes. Asks each UI
 * which application it is, all side by side; one that hangs delays nobody but itself.
 */
public final class EndpointSource extends PollingSource {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    /** With so much doubt an application is taken for gone: a few answers of somebody else, or many times none. */
    private static final int MOST_DOUBT = 12;

    private static final int DOUBT_OF_STRANGER = 4;
    private static final int DOUBT_OF_SILENCE = 1;

    private final Supplier<List<UiEndpoint>> endpoints;
    private final UiProbe probe;
    private final ScheduledExecutorService scheduler;
    /** Touched on the scheduler only, as all that follows. */
    private List<UiEndpoint> current = List.of();
    /** What each endpoint said last; null where it is not known to run anything. */
    private final Map<UiEndpoint, @Nullable Application> known = new HashMap<>();

    /** Since the endpoint last said what it is. */
    private final Map<UiEndpoint, Integer> doubts = new HashMap<>();

    /** Those that said they are another application than the configured one. */
    private final Set<UiEndpoint> others = new HashSet<>();

    private final Map<UiEndpoint, CompletableFuture<UiProbe.Result>> underWay = new HashMap<>();

    /**
     * @param endpoints read at the beginning of each round
     * @param scheduler of one thread
     */
    public EndpointSource(
            String name,
            Supplier<List<UiEndpoint>> endpoints,
            UpstreamClient client,
            ScheduledExecutorService scheduler,
            Duration interval) {
        super(name, scheduler, interval);
        this.endpoints = endpoints;
        this.scheduler = scheduler;
        this.probe = new UiProbe(client, DEADLINE);
    }

    @Override
    CompletableFuture<?> look(Runnable changed) {
        current = List.copyOf(endpoints.get());
        known.keySet().retainAll(current);
        doubts.keySet().retainAll(current);
        others.retainAll(current);
        underWay.keySet().retainAll(current);
        for (UiEndpoint endpoint : current) {
            if (!known.containsKey(endpoint)) {
                known.put(endpoint, unheard(endpoint));
            }
            if (!underWay.containsKey(endpoint)) {
                CompletableFuture<UiProbe.Result> asked = probe.probe(endpoint.ui());
                underWay.put(endpoint, asked);
                asked.thenAcceptAsync(result -> answered(endpoint, asked, result, changed), scheduler);
            }
        }
        CompletableFuture<?>[] all = underWay.values().toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all).completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    List<Application> present() {
        return current.stream().map(known::get).filter(Objects::nonNull).toList();
    }

    /** An endpoint whose id is configured is shown before anybody has answered there. */
    private @Nullable Application unheard(UiEndpoint endpoint) {
        String id = endpoint.id();
        return id == null ? null : new Application(id, name(), endpoint.ui(), null);
    }

    private void answered(
            UiEndpoint endpoint, CompletableFuture<UiProbe.Result> asked, UiProbe.Result result, Runnable changed) {
        if (!underWay.remove(endpoint, asked)) {
            return;
        }
        switch (result) {
            case UiProbe.Result.Running(String id, AppListing listing) -> {
                // Another application than the configured one: shown neither as itself nor under the wrong name.
                boolean expected = endpoint.id() == null || endpoint.id().equals(id);
                settle(endpoint, expected ? new Application(id, name(), endpoint.ui(), listing) : null);
                if (!expected) {
                    others.add(endpoint);
                }
            }
            case UiProbe.Result.Gone _ -> settle(endpoint, null);
            case UiProbe.Result.Stranger _ -> stranger(endpoint);
            case UiProbe.Result.Distrusted _ -> doubt(endpoint, DOUBT_OF_SILENCE);
            case UiProbe.Result.Unclear(boolean answered) -> {
                if (!answered || isHeard(endpoint)) {
                    doubt(endpoint, DOUBT_OF_SILENCE);
                }
            }
        }
        changed.run();
    }

    /** Somebody is there. Whether it is the configured application may be what a login keeps us from seeing. */
    private void stranger(UiEndpoint endpoint) {
        if (isHeard(endpoint)) {
            doubt(endpoint, DOUBT_OF_STRANGER);
        } else if (!others.contains(endpoint)) {
            settle(endpoint, unheard(endpoint));
        }
    }

    private boolean isHeard(UiEndpoint endpoint) {
        Application application = known.get(endpoint);
        return application != null && application.listing() != null;
    }

    private void settle(UiEndpoint endpoint, @Nullable Application application) {
        known.put(endpoint, application);
        doubts.remove(endpoint);
        others.remove(endpoint);
    }

    /** It may be starting or busy, so what was known stays for some rounds. */
    private void doubt(UiEndpoint endpoint, int more) {
        if (known.get(endpoint) != null && doubts.merge(endpoint, more, Integer::sum) >= MOST_DOUBT) {
            settle(endpoint, null);
        }
    }
}
