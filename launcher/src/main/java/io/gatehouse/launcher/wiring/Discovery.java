// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.discovery.AppRegistry;
import io.gatehouse.discovery.AppSource;
import io.gatehouse.discovery.Application;
import io.gatehouse.discovery.EndpointSource;
import io.gatehouse.discovery.HistoryServer;
import io.gatehouse.discovery.HistorySource;
import io.gatehouse.discovery.UiEndpoint;
import io.gatehouse.discovery.UiRouting;
import io.gatehouse.discovery.UnfinishedApplications;
import io.gatehouse.launcher.config.ApplicationHostsConfig;
import io.gatehouse.launcher.config.Cidr;
import io.gatehouse.launcher.config.DiscoveryConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.HistoryServerConfig;
import io.gatehouse.launcher.config.HttpUrl;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the sources of applications from the configuration, and makes them anew on reload. */
final class Discovery implements AutoCloseable {
    private static final String HISTORY = "history";

    private final UpstreamClient client;
    private final AppRegistry registry;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("discovery").factory());
    private final Supplier<List<UiEndpoint>> localProcesses;
    /** What the History Server takes for unfinished, whether it runs or not. */
    private volatile UnfinishedApplications unfinished = UnfinishedApplications.UNKNOWN;

    private volatile UiRouting routing;

    /** {@code localProcesses}: UIs of processes that we started ourselves. */
    Discovery(
            GatehouseConfig config,
            UpstreamClient client,
            Supplier<List<UiEndpoint>> localProcesses,
            MeterRegistry meters) {
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

    /** What the History Server takes for unfinished; unknown where drivers are not looked for through it. */
    UnfinishedApplications unfinished() {
        return unfinished;
    }

    /**
     * Makes what a configuration asks for, at the start and on reload. Nothing changes before the answer is run, and by then
     * nothing can fail any more.
     */
    Runnable prepare(GatehouseConfig config) {
        UiRouting newRouting = routing(config);
        List<AppSource> newSources = sources(config);
        return () -> {
            routing = newRouting;
            if (newSources.stream().noneMatch(source -> source.name().equals(HISTORY))) {
                unfinished = UnfinishedApplications.UNKNOWN;
            }
            registry.use(newSources);
        };
    }

    private static UiRouting routing(GatehouseConfig config) {
        ApplicationHostsConfig hosts = config.ui().applicationHosts();
        return new UiRouting(
                config.ui().basePath(),
                config.ui().proxyBase(),
                history(config.discovery().historyServer()),
                hosts == null ? null : hosts.hosts());
    }

    private List<AppSource> sources(GatehouseConfig config) {
        DiscoveryConfig discovery = config.discovery();
        List<AppSource> sources = new ArrayList<>();
        sources.add(new EndpointSource("local", localProcesses, client, scheduler, discovery.interval()));
        if (!discovery.applications().isEmpty()) {
            List<UiEndpoint> endpoints = discovery.applications().stream()
                    .map(application -> new UiEndpoint(upstream(application.url()), application.id()))
                    .toList();
            sources.add(new EndpointSource("static", () -> endpoints, client, scheduler, discovery.interval()));
        }
        HistoryServerConfig historyConfig = discovery.historyServer();
        HistoryServer history = history(historyConfig);
        if (historyConfig != null && history != null && historyConfig.clientMode()) {
            boolean onLoopback = InetAddress.ofLiteral(config.ui().address()).isLoopbackAddress();
            sources.add(new HistorySource(
                    history,
                    client,
                    address -> allows(historyConfig.allowedNetworks(), onLoopback, address),
                    this::isKnownElsewhere,
                    list -> unfinished = list,
                    scheduler,
                    discovery.interval()));
        }
        return sources;
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
                || registry.get().applications().stream()
                        .anyMatch(application -> !application.source().equals(HISTORY)
                                && application.ui().host().equals(address.getHostAddress()));
    }

    private boolean isKnownElsewhere(String id) {
        Application application = registry.get().find(id);
        return application != null && !application.source().equals(HISTORY);
    }

    private static @Nullable HistoryServer history(@Nullable HistoryServerConfig config) {
        return config == null
                ? null
                : new HistoryServer(
                        new UpstreamGroup(Stream.concat(Stream.of(config.url()), config.replicas().stream())
                                .map(Discovery::upstream)
                                .toList()),
                        config.url().path());
    }

    private static Upstream upstream(HttpUrl url) {
        return url.secure() ? Upstream.secure(url.host(), url.port()) : new Upstream(url.host(), url.port());
    }

    @Override
    public void close() {
        registry.close();
        scheduler.shutdownNow();
    }
}
