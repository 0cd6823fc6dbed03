// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applications in client mode: notebooks and shells, whose drivers nothing but the History Server knows of. It names the
 * applications that are not finished; the environment page of each names its driver's host.
 *
 * <p>That host is the word of whoever submitted the job. It is resolved once, connected to only where configuration allows
 * its network or another source knows its address, and believed only when the UI there says that it is this application.
 * Each round asks again, so an address that somebody else has now is noticed.
 */
public final class HistorySource extends PollingSource {
    private static final Logger LOG = LoggerFactory.getLogger(HistorySource.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MAX_LIST = 8 << 20;
    private static final int MAX_ENVIRONMENT = 4 << 20;
    private static final int MOST_APPLICATIONS = 500;
    /** Rounds for which an application without a reachable driver is left alone; its environment costs the server a replay. */
    private static final int ROUNDS_BETWEEN_ATTEMPTS = 12;

    private static final int FIRST_PORT = 4040;
    private static final int LAST_PORT = 4055;

    private final HistoryServer history;
    private final UpstreamClient client;
    private final UiProbe probe;
    private final Predicate<InetAddress> allowed;
    private final Predicate<String> knownElsewhere;
    private final ExecutorService resolver = Executors.newVirtualThreadPerTaskExecutor();
    /** Touched by one round at a time. */
    private final Map<String, Application> known = new HashMap<>();

    private final Map<String, Integer> waiting = new HashMap<>();

    /**
     * @param allowed whether the driver of an application may be looked for at an address
     * @param knownElsewhere whether another source has the application already
     */
    public HistorySource(
            HistoryServer history,
            UpstreamClient client,
            Predicate<InetAddress> allowed,
            Predicate<String> knownElsewhere,
            ScheduledExecutorService scheduler,
            Duration interval) {
        super("history", scheduler, interval);
        this.history = history;
        this.client = client;
        this.probe = new UiProbe(client, DEADLINE);
        this.allowed = allowed;
        this.knownElsewhere = knownElsewhere;
    }

    @Override
    CompletableFuture<List<Application>> look(Consumer<List<Application>> found) {
        String target = history.path() + "/api/v1/applications?status=running&limit=" + MOST_APPLICATIONS;
        return client.get(history.upstream(), target, MAX_LIST, DEADLINE)
                .thenApply(HistorySource::runningIds)
                .thenComposeAsync(ids -> lookAt(ids, found), resolver);
    }

    private CompletableFuture<List<Application>> lookAt(Set<String> ids, Consumer<List<Application>> found) {
        known.keySet().retainAll(ids);
        waiting.keySet().retainAll(ids);
        // One after the other: each first look makes the History Server replay a log.
        for (String id : ids) {
            if (isClosed()) {
                break;
            }
            Application before = known.get(id);
            if (before != null) {
                again(before);
            } else if (!knownElsewhere.test(id) && waiting.merge(id, -1, Integer::sum) < 0) {
                waiting.put(id, ROUNDS_BETWEEN_ATTEMPTS);
                first(id);
            }
            found.accept(new ArrayList<>(known.values()));
        }
        return CompletableFuture.completedFuture(new ArrayList<>(known.values()));
    }

    /** Asks a driver that was found in an earlier round whether it is still the same. Runs on a virtual thread. */
    private void again(Application before) {
        switch (probe.probe(before.ui()).join()) {
            case UiProbe.Result.Running running -> {
                if (running.id().equals(before.id())) {
                    known.put(before.id(), new Application(before.id(), name(), before.ui(), running.listing()));
                } else {
                    known.remove(before.id());
                }
            }
            case UiProbe.Result.Unclear unclear -> {}
            case UiProbe.Result.Gone gone -> known.remove(before.id());
        }
    }

    /** Looks for the driver of an application for the first time. Runs on a virtual thread. */
    private void first(String id) {
        try {
            DriverAddress driver = driverAddress(id);
            if (driver == null) {
                return;
            }
            InetAddress address = InetAddress.getByName(driver.host());
            if (!allowed.test(address)) {
                LOG.atInfo()
                        .addKeyValue("app", id)
                        .addKeyValue("host", driver.host())
                        .log("driver not looked for: add its network to discovery.historyServer.allowedNetworks");
                return;
            }
            for (int port : driver.ports()) {
                Upstream ui = new Upstream(address.getHostAddress(), port);
                if (probe.probe(ui).join() instanceof UiProbe.Result.Running running
                        && running.id().equals(id)) {
                    known.put(id, new Application(id, name(), ui, running.listing()));
                    waiting.remove(id);
                    return;
                }
            }
        } catch (UnknownHostException | IllegalArgumentException unusable) {
            LOG.atDebug().addKeyValue("app", id).log("driver address of no use", unusable);
        }
    }

    private @Nullable DriverAddress driverAddress(String id) {
        String target = history.path() + "/api/v1/applications/" + id + "/environment";
        UpstreamClient.Reply reply = client.get(history.upstream(), target, MAX_ENVIRONMENT, DEADLINE)
                .exceptionally(failure -> new UpstreamClient.Reply(0, "", new byte[0]))
                .join();
        if (reply.status() != 200) {
            return null;
        }
        Map<String, String> properties = new HashMap<>();
        try {
            for (JsonNode pair : JSON.readTree(reply.body()).path("sparkProperties")) {
                properties.put(pair.path(0).asText(), pair.path(1).asText());
            }
        } catch (IOException notJson) {
            return null;
        }
        String host = properties.get("spark.driver.host");
        return host == null || host.isEmpty() ? null : new DriverAddress(host, properties.get("spark.ui.port"));
    }

    private static Set<String> runningIds(UpstreamClient.Reply reply) {
        if (reply.status() != 200) {
            throw new IllegalStateException("the History Server answered " + reply.status());
        }
        try {
            List<String> ids = new ArrayList<>();
            for (JsonNode entry : JSON.readTree(reply.body())) {
                ids.add(entry.path("id").asText());
            }
            return ids.stream().filter(AppIds::isValid).collect(Collectors.toUnmodifiableSet());
        } catch (IOException notJson) {
            throw new IllegalStateException("the History Server's list is not JSON", notJson);
        }
    }

    /** Where a job says that its driver is. */
    private record DriverAddress(String host, @Nullable String uiPort) {
        /** The configured port first: Spark takes one of the next sixteen where that is taken ({@code spark.port.maxRetries}). */
        List<Integer> ports() {
            int first = FIRST_PORT;
            if (uiPort != null && uiPort.matches("[1-9][0-9]{0,4}")) {
                first = Math.min(Integer.parseInt(uiPort), 65535);
            }
            List<Integer> ports = new ArrayList<>();
            for (int port = first; port <= Math.min(first + LAST_PORT - FIRST_PORT, 65535); port++) {
                ports.add(port);
            }
            return ports;
        }
    }
}
