// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.discovery.AppRegistry;
import io.gatehouse.discovery.AppSource;
import io.gatehouse.discovery.Application;
import io.gatehouse.discovery.EndpointSource;
import io.gatehouse.discovery.HistoryServer;
import io.gatehouse.discovery.HistoryServers;
import io.gatehouse.discovery.HistorySource;
import io.gatehouse.discovery.IdOwners;
import io.gatehouse.discovery.PodSource;
import io.gatehouse.discovery.UiEndpoint;
import io.gatehouse.discovery.UiRouting;
import io.gatehouse.launcher.config.ApplicationHostsConfig;
import io.gatehouse.launcher.config.Cidr;
import io.gatehouse.launcher.config.ClusterConfig;
import io.gatehouse.launcher.config.ConfigException;
import io.gatehouse.launcher.config.DiscoveryConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.HistoryAccess;
import io.gatehouse.launcher.config.HistoryServerConfig;
import io.gatehouse.launcher.config.HttpUrl;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the sources of applications from the configuration, and makes them anew on reload. */
final class Discovery implements AutoCloseable {
    /** They tell by themselves what happens; looking is for the case that they cannot. */
    private static final int INTERVALS_BETWEEN_LOOKS_AT_CLUSTERS = 3;

    private final HistoryAccess access;
    private final UpstreamClient client;
    private final AppRegistry registry;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("discovery").factory());
    private final Supplier<List<UiEndpoint>> localProcesses;
    private final IdOwners idOwners = new IdOwners();

    /** Those in use: a reload that leaves a cluster as it was lists no pods again. Replaced by one reload at a time. */
    private volatile Map<ClusterConfig, PodSource> clusters = Map.of();

    private volatile UiRouting routing;

    /**
     * @param access what single History Servers are shown; its files have been read
     * @param localProcesses UIs of processes that we started ourselves
     */
    Discovery(
            GatehouseConfig config,
            HistoryAccess access,
            UpstreamClient client,
            Supplier<List<UiEndpoint>> localProcesses,
            MeterRegistry meters) {
        this.access = access;
        this.client = client;
        this.localProcesses = localProcesses;
        this.registry = new AppRegistry(meters);
        this.routing = routing(config);
    }

    AppRegistry registry() {
        return registry;
    }

    UiRouting routing() {
        return routing;
    }

    /**
     * Makes what a configuration asks for, at the start and on reload. Nothing changes before the answer is run, and by then
     * nothing can fail any more.
     *
     * @throws ConfigException where a kubeconfig cannot be used
     */
    Runnable prepare(GatehouseConfig config) {
        UiRouting newRouting = routing(config);
        Map<ClusterConfig, PodSource> newClusters = clusters(config.discovery());
        List<AppSource> newSources = sources(config, newClusters.values());
        return () -> {
            routing = newRouting;
            clusters = newClusters;
            idOwners.use(newClusters.keySet().stream().map(ClusterConfig::name).collect(Collectors.toSet()));
            registry.use(newSources);
        };
    }

    private Map<ClusterConfig, PodSource> clusters(DiscoveryConfig config) {
        Map<ClusterConfig, PodSource> sources = new LinkedHashMap<>();
        Duration betweenLooks = config.interval().multipliedBy(INTERVALS_BETWEEN_LOOKS_AT_CLUSTERS);
        config.clustersByKey().forEach((key, cluster) -> {
            PodSource present = clusters.get(cluster);
            sources.put(
                    cluster,
                    present == null
                            ? new PodSource(
                                    cluster.name(), cluster.pods(key, betweenLooks), idOwners, client, scheduler)
                            : present);
        });
        return sources;
    }

    private UiRouting routing(GatehouseConfig config) {
        ApplicationHostsConfig hosts = config.ui().applicationHosts();
        return new UiRouting(
                config.ui().basePath(),
                config.ui().proxyBase(),
                new HistoryServers(
                        config.discovery().servers().stream().map(this::history).toList()),
                config.discovery().listTimeout(),
                hosts == null ? null : hosts.hosts());
    }

    private List<AppSource> sources(GatehouseConfig config, Collection<PodSource> pods) {
        DiscoveryConfig discovery = config.discovery();
        List<AppSource> sources = new ArrayList<>();
        sources.add(new EndpointSource("local", localProcesses, client, scheduler, discovery.interval()));
        if (!discovery.applications().isEmpty()) {
            List<UiEndpoint> endpoints = discovery.applications().stream()
                    .map(application -> new UiEndpoint(upstream(application.url(), ""), application.id()))
                    .toList();
            sources.add(new EndpointSource("static", () -> endpoints, client, scheduler, discovery.interval()));
        }
        sources.addAll(pods);
        boolean onLoopback = InetAddress.ofLiteral(config.ui().address()).isLoopbackAddress();
        for (HistoryServerConfig server : discovery.servers()) {
            if (server.clientMode()) {
                sources.add(source(server, onLoopback, discovery.interval()));
            }
        }
        return sources;
    }

    private HistorySource source(HistoryServerConfig config, boolean onLoopback, Duration interval) {
        HistoryServer server = history(config);
        String name = HistorySource.nameFor(server);
        return new HistorySource(
                server,
                client,
                address -> allows(config.allowedNetworks(), onLoopback, address),
                id -> isKnownBeside(name, id),
                scheduler,
                interval);
    }

    /**
     * An address from an event log: inside a configured network, or that of a driver which another source names by its IP
     * address. One that is named by a host name does not count: who resolves the name may get another address next time.
     */
    private boolean allows(List<Cidr> networks, boolean onLoopback, InetAddress address) {
        if (networks.isEmpty() && onLoopback && address.isLoopbackAddress()) {
            return true;
        }
        return networks.stream().anyMatch(network -> network.contains(address))
                || clusters.values().stream().anyMatch(pods -> pods.mayRunDriver(address))
                || registry.get().applications().stream()
                        .anyMatch(application -> !HistorySource.found(application) && application.isAt(address));
    }

    private boolean isKnownBeside(String source, String id) {
        Application application = registry.get().find(id);
        return application != null && !application.source().equals(source);
    }

    private HistoryServer history(HistoryServerConfig config) {
        String tls = config.tlsSettings();
        return new HistoryServer(
                config.name(),
                new UpstreamGroup(Stream.concat(Stream.of(config.url()), config.replicas().stream())
                        .map(url -> upstream(url, tls))
                        .toList()),
                config.url().path(),
                access.authorization(config));
    }

    private static Upstream upstream(HttpUrl url, String tls) {
        return url.secure() ? Upstream.secure(url.host(), url.port(), tls) : new Upstream(url.host(), url.port());
    }

    @Override
    public void close() {
        registry.close();
        scheduler.shutdownNow();
    }
}
