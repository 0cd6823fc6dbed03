// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Finds the UI of one client-mode application from what the History Server knows of it.
 *
 * <p>The host comes from whoever submitted the job. It is resolved once, and what it resolves to is checked and connected
 * to; a UI counts only when it says that it is this application. Holds no state; may be used from any thread.
 */
final class DriverSearch {
    private static final Logger LOG = LoggerFactory.getLogger(DriverSearch.class);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    /** Short, because the others wait: a UI that is slower is found by a later search. */
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(4);

    private static final int MAX_ENVIRONMENT = 4 << 20;

    private final HistoryServer history;
    private final UpstreamClient client;
    private final UiProbe probe;
    private final Predicate<InetAddress> allowed;
    private final Executor aside;
    private final int firstPort;

    /**
     * @param aside for what blocks or takes long: the resolver, and reading large answers
     * @param firstPort where a UI listens whose port is not configured
     */
    DriverSearch(
            HistoryServer history,
            UpstreamClient client,
            Predicate<InetAddress> allowed,
            Executor aside,
            int firstPort) {
        this.history = history;
        this.client = client;
        this.probe = new UiProbe(client, PROBE_DEADLINE);
        this.allowed = allowed;
        this.aside = aside;
        this.firstPort = firstPort;
    }

    /** An application's UI, and what it says of itself. */
    record Found(Upstream ui, AppListing listing) {}

    /**
     * Costs the History Server a replay of the event log, the first time.
     *
     * @param again whether this is no news: a refusal is logged at INFO once
     * @return empty where the driver is not found; never completes exceptionally
     */
    CompletableFuture<Optional<Found>> find(String id, boolean again) {
        String target = UiRouter.APPLICATIONS + "/" + id + "/environment";
        return client.get(history.asked(), target, MAX_ENVIRONMENT, DEADLINE)
                .thenApplyAsync(reply -> candidates(id, reply, again), aside)
                .thenCompose(uis -> ask(id, uis))
                .exceptionally(failure -> {
                    LOG.atDebug().addKeyValue("app", id).log("driver not found", failure);
                    return Optional.empty();
                });
    }

    /** Where the UI may be: as addresses, so that a name means the same in all that follows. */
    private List<Upstream> candidates(String id, UpstreamClient.Reply environment, boolean again) {
        DriverAddress driver = environment.status() == 200 ? DriverAddress.parse(environment.body(), firstPort) : null;
        if (driver == null) {
            return List.of();
        }
        InetAddress address;
        try {
            address = InetAddress.getByName(driver.host());
        } catch (UnknownHostException noSuchName) {
            throw new CompletionException(noSuchName);
        }
        if (!allowed.test(address)) {
            LOG.atLevel(again ? Level.DEBUG : Level.INFO)
                    .addKeyValue("app", id)
                    .addKeyValue("address", address.getHostAddress())
                    .log("driver not looked for: add its network to discovery.historyServer.allowedNetworks");
            return List.of();
        }
        return driver.ports().stream()
                .map(port -> new Upstream(address.getHostAddress(), port))
                .toList();
    }

    /** Asks all candidates at once; one that hangs does not keep another from being found. */
    private CompletableFuture<Optional<Found>> ask(String id, List<Upstream> candidates) {
        CompletableFuture<Optional<Found>> outcome = new CompletableFuture<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (Upstream ui : candidates) {
            asked.add(probe.probe(ui).thenAccept(result -> {
                if (result instanceof UiProbe.Result.Running(String running, AppListing listing)
                        && running.equals(id)) {
                    outcome.complete(Optional.of(new Found(ui, listing)));
                }
            }));
        }
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .whenComplete((nothing, failure) -> outcome.complete(Optional.empty()));
        return outcome;
    }
}
