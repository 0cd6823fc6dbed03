// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.admin.AdminAuthenticator;
import io.gatehouse.admin.ManagementRouter;
import io.gatehouse.admin.Probes;
import io.gatehouse.admin.ReadinessCheck;
import io.gatehouse.discovery.AppRegistry;
import io.gatehouse.discovery.UiEndpoint;
import io.gatehouse.discovery.UiRouter;
import io.gatehouse.launcher.ReadyFile;
import io.gatehouse.launcher.UnclosedOutput;
import io.gatehouse.launcher.cli.Launch;
import io.gatehouse.launcher.config.AccessLogOutput;
import io.gatehouse.launcher.config.AdminToken;
import io.gatehouse.launcher.config.ConfigException;
import io.gatehouse.launcher.config.ConfiguredFiles;
import io.gatehouse.launcher.config.ConfiguredTls;
import io.gatehouse.launcher.config.DrainConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.HistoryAccess;
import io.gatehouse.launcher.config.ReloadPlan;
import io.gatehouse.launcher.config.ReloadTarget;
import io.gatehouse.launcher.config.ReloadedFiles;
import io.gatehouse.launcher.config.Reloader;
import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.JvmMemoryReadings;
import io.gatehouse.proxy.net.MemoryGuard;
import io.gatehouse.proxy.net.OverloadThresholds;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.gatehouse.proxy.takeover.InheritedSockets;
import io.gatehouse.proxy.takeover.ListeningSocket;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.TlsProvider;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assembled server: event loops, doors, discovery, management, reload. Made by {@link #start}, ended by {@link #drain}
 * and {@link #close}.
 */
final class GatehouseServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatehouseServer.class);
    private static final int MANAGEMENT_CONNECTIONS = 256;
    private static final Duration DRAIN_STEP = Duration.ofMillis(50);

    private final Metrics metrics;
    private final ConfiguredTls tls;
    private final HistoryAccess historyAccess;
    private final ProxyRuntime runtime;
    private final Discovery discovery;
    private final UpstreamClient client;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService reloads = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reload").factory());
    private final UiGuard guard;
    private final HttpListener ui;
    private final String basePath;
    private final HttpListener management;
    private final @Nullable ConnectDoor connect;
    private final @Nullable FileWatch watch;
    private final JvmMemoryReadings memory;
    private final MemoryGuard memoryGuard;
    private volatile OverloadThresholds overload;

    private GatehouseServer(
            Launch launch,
            String version,
            PrintStream out,
            Supplier<List<UiEndpoint>> localProcesses,
            InheritedSockets inherited)
            throws IOException {
        GatehouseConfig config = launch.config();
        this.basePath = config.ui().basePath();
        AdminToken token = new AdminToken(config.management().tokenFile());
        ConfiguredFiles files = ConfiguredFiles.load(config, TlsProvider.best());
        this.tls = files.tls();
        this.historyAccess = files.historyAccess();
        this.metrics = new Metrics(version, Clock.systemUTC().instant());
        ProxyMetrics proxyMetrics = new ProxyMetrics(metrics.registry());
        ProxySettings settings = new ProxySettings(
                ProxyOptionsMapping.downstream(config.ui().timeouts()),
                ProxyOptionsMapping.upstream(config.upstream()));
        settings.limitUpstreams(
                ProxyOptionsMapping.upstreamLimits(config.upstream()),
                ProxyOptionsMapping.ejection(config.upstream().ejection()));
        this.runtime = new ProxyRuntime(
                ProxyOptionsMapping.options(config),
                settings,
                proxyMetrics,
                accessLog(config.accessLog().output(), proxyMetrics, out),
                transport(config.transport()),
                tls.upstream());
        this.overload = ProxyOptionsMapping.overload(config.overload());
        this.memory = new JvmMemoryReadings(PooledByteBufAllocator.DEFAULT);
        this.memoryGuard = new MemoryGuard(memory, runtime.memoryPressure(), () -> overload, System::nanoTime).start();
        this.client = new UpstreamClient(runtime::anyContext);
        this.discovery = new Discovery(config, historyAccess, client, localProcesses, metrics.registry());
        Probes probes = new Probes(
                runtime.contexts().stream().map(context -> context.eventLoop()).toList(),
                List.of(
                        new ReadinessCheck(
                                "draining", () -> runtime.drainState().isDraining() ? "shutting down" : ""),
                        new ReadinessCheck("discovery", this::unsyncedSources, this::troubledSources)));
        Reloader reloader = reloader(launch, token);
        this.guard = new UiGuard(config.ui());
        this.ui = listen(
                inherited,
                "ui",
                config.ui().address(),
                config.ui().port(),
                ProxyOptionsMapping.limits(config.ui().limits()),
                guard,
                new UiRouter(
                        discovery::routing,
                        discovery.registry(),
                        discovery.registry()::lookSoon,
                        client,
                        probes::isReady,
                        guard::safety),
                tls.ui(),
                ProxyOptionsMapping.proxyProtocolFrom(config.ui().proxyProtocolFrom()),
                ProxyOptionsMapping.trustedProxies(config.ui()));
        ui.guard(UiGuard.boundary(config.ui()));
        this.management = listen(
                inherited,
                "management",
                config.management().address(),
                config.management().port(),
                new ListenerLimits(HttpLimits.DEFAULT, MANAGEMENT_CONNECTIONS, 0),
                new AdminAuthenticator(
                        token::get,
                        InetAddress.ofLiteral(config.management().address()).isLoopbackAddress()),
                new ManagementRouter(
                        probes,
                        metrics.registry()::scrape,
                        new ReloadActions(reloader, launch.logging().levels(), runtime.drainState()),
                        blocking),
                tls.management(),
                null,
                TrustedProxies.NONE);
        this.connect = connect(config, inherited);
        this.watch = reloader == null ? null : new FileWatch(reloader, reloads);
        watchFiles(launch.configFile(), config);
    }

    /** Looks at every file that the configuration names from now on, and at no other. */
    private void watchFiles(@Nullable Path file, GatehouseConfig config) {
        if (watch != null) {
            List<Path> files = new ArrayList<>(ConfiguredTls.files(config));
            files.addAll(HistoryAccess.files(config));
            files.addAll(ConnectDoor.files(config));
            Stream.of(file, config.management().tokenFile())
                    .flatMap(Stream::ofNullable)
                    .forEach(files::add);
            watch.watch(files);
        }
    }

    /**
     * Binds all doors, accepts, and begins to look for applications.
     *
     * @param localProcesses UIs of processes that we started ourselves
     */
    static GatehouseServer start(
            Launch launch, String version, PrintStream out, Supplier<List<UiEndpoint>> localProcesses)
            throws IOException {
        GatehouseServer server = prepare(launch, version, out, localProcesses, InheritedSockets.none());
        server.accept();
        return server;
    }

    /** The same up to {@link #accept}: until then, connections wait in the kernel's queue. */
    static GatehouseServer prepare(
            Launch launch,
            String version,
            PrintStream out,
            Supplier<List<UiEndpoint>> localProcesses,
            InheritedSockets inherited)
            throws IOException {
        GatehouseServer server = new GatehouseServer(launch, version, out, localProcesses, inherited);
        server.discovery.prepare(launch.config()).run();
        LOG.atInfo()
                .addKeyValue("version", version)
                .addKeyValue("jdk", Runtime.version())
                .addKeyValue(
                        "transport", server.runtime.environment().transport().name())
                .addKeyValue("tls", server.tls.provider())
                .addKeyValue("ui", server.uiUrl())
                .addKeyValue("management", server.managementUrl())
                .addKeyValue("connect", String.valueOf(server.connectUrl()))
                .log("gatehouse started");
        if (!server.ui.address().getAddress().isLoopbackAddress()) {
            LOG.atWarn()
                    .log("the ui door is open to other machines and nobody signs in on it: put a login in front of it");
        }
        return server;
    }

    private HttpListener listen(
            InheritedSockets inherited,
            String name,
            String address,
            int port,
            ListenerLimits limits,
            Authenticator authenticator,
            Router router,
            @Nullable ServerTls serverTls,
            @Nullable Predicate<InetAddress> proxyProtocolFrom,
            TrustedProxies trustedProxies)
            throws IOException {
        InetSocketAddress bind = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        // Probes must not fail because users are many, nor fill the log.
        boolean forUsers = !name.equals("management");
        try {
            return HttpListener.open(
                    runtime,
                    new ListenerSpec(
                            name,
                            bind,
                            limits,
                            forUsers,
                            forUsers,
                            new Service.Http(authenticator, router),
                            serverTls,
                            proxyProtocolFrom,
                            trustedProxies),
                    inherited);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Null where there are no pools. */
    private @Nullable ConnectDoor connect(GatehouseConfig config, InheritedSockets inherited) throws IOException {
        try {
            return config.pools().isEmpty() ? null : ConnectDoor.open(config, runtime, tls.connect(), inherited);
        } catch (IOException | ConfigException e) {
            close();
            throw e;
        }
    }

    private @Nullable Reloader reloader(Launch launch, AdminToken token) {
        Path file = launch.configFile();
        return file == null
                ? null
                : new Reloader(
                        () -> {
                            // First: a mistake in the configuration must not keep an old token in force.
                            token.readAgain();
                            return launch.loader().load(file);
                        },
                        launch.config(),
                        new ReloadTarget() {
                            @Override
                            public void apply(ReloadPlan plan) {
                                GatehouseServer.this.apply(plan, launch);
                            }

                            @Override
                            public ReloadedFiles readFiles(GatehouseConfig effective) {
                                // Before: those that are not there yet are waited for.
                                watchFiles(file, effective);
                                return readAgain(effective);
                            }
                        },
                        metrics::reloaded,
                        Clock.systemUTC());
    }

    private ReloadedFiles readAgain(GatehouseConfig effective) {
        ReloadedFiles first = tls.readAgain(effective);
        try {
            ReloadedFiles second = first.and(historyAccess.readAgain(effective));
            first = second;
            return connect == null ? second : second.and(connect.readAgain(effective));
        } catch (ConfigException e) {
            first.discard().run();
            throw e;
        }
    }

    /** Puts a new configuration into force. Called by the reloader, never on an event loop. */
    private void apply(ReloadPlan plan, Launch launch) {
        GatehouseConfig config = plan.effective();
        // What can fail comes before what changes anything.
        DownstreamTimeouts downstream =
                ProxyOptionsMapping.downstream(config.ui().timeouts());
        UpstreamTimeouts upstream = ProxyOptionsMapping.upstream(config.upstream());
        Runnable applications = plan.applied().touches("discovery") ? discovery.prepare(config) : () -> {};
        UpstreamLimits upstreamLimits = ProxyOptionsMapping.upstreamLimits(config.upstream());
        EjectionPolicy ejection = ProxyOptionsMapping.ejection(config.upstream().ejection());
        ListenerLimits limits = ProxyOptionsMapping.limits(config.ui().limits());
        OverloadThresholds newOverload = ProxyOptionsMapping.overload(config.overload());
        TrustedProxies trustedProxies = ProxyOptionsMapping.trustedProxies(config.ui());
        Boundary boundary = UiGuard.boundary(config.ui());
        runtime.settings().update(downstream, upstream);
        runtime.settings().limitUpstreams(upstreamLimits, ejection);
        ui.use(limits);
        ui.trust(trustedProxies);
        ui.guard(boundary);
        guard.use(config.ui());
        overload = newOverload;
        if (plan.applied().touches("logging")) {
            launch.logging().apply(config.logging());
        }
        if (connect != null) {
            connect.apply(config);
        }
        applications.run();
    }

    private String unsyncedSources() {
        List<String> unsynced = discovery.registry().unsynced();
        return unsynced.isEmpty() ? "" : "not looked yet: " + String.join(", ", unsynced);
    }

    private String troubledSources() {
        return discovery.registry().troubles().entrySet().stream()
                .map(trouble -> trouble.getKey() + ": " + trouble.getValue())
                .collect(Collectors.joining("; "));
    }

    static Transport transport(Transport.Kind kind) throws IOException {
        try {
            return Transport.of(kind);
        } catch (UnsupportedOperationException e) {
            throw new IOException("transport: " + e.getMessage() + "; write auto", e);
        }
    }

    private static AccessLog accessLog(AccessLogOutput output, ProxyMetrics metrics, PrintStream out)
            throws IOException {
        return switch (output) {
            case AccessLogOutput.Off off -> AccessLog.off(metrics.accessLogDropped());
            case AccessLogOutput.Stdout stdout -> AccessLog.to(new UnclosedOutput(out), metrics.accessLogDropped());
            case AccessLogOutput.ToFile file ->
                AccessLog.to(new FileOutputStream(file.path().toFile(), true), metrics.accessLogDropped());
        };
    }

    private List<HttpListener> doors() {
        return connect == null ? List.of(ui, management) : List.of(ui, connect.listener(), management);
    }

    /** Begins to accept at all doors. */
    void accept() {
        doors().forEach(HttpListener::accept);
    }

    /** Begins to accept where probes come in. */
    void acceptProbes() {
        management.accept();
    }

    /** Accepts no more at any door: another process does. */
    void stopAccepting() {
        doors().forEach(HttpListener::close);
    }

    /** For a process that takes over. */
    List<ListeningSocket> sockets() {
        return doors().stream().map(HttpListener::socket).toList();
    }

    ProxyRuntime runtime() {
        return runtime;
    }

    /** URLs by door, in the order in which the ready file names them. */
    SequencedMap<String, String> urls() {
        SequencedMap<String, String> urls = new LinkedHashMap<>();
        urls.put("ui", uiUrl());
        if (connect != null) {
            urls.put("connect", connect.url());
        }
        urls.put("management", managementUrl());
        return urls;
    }

    /** What to give to PySpark; null where there are no pools. */
    @Nullable
    String connectUrl() {
        return connect == null ? null : connect.url();
    }

    /** What to open in a browser. */
    String uiUrl() {
        return ReadyFile.url(ui.scheme(), ui.address()) + basePath;
    }

    String managementUrl() {
        return ReadyFile.url(management.scheme(), management.address());
    }

    AppRegistry registry() {
        return discovery.registry();
    }

    UpstreamClient client() {
        return client;
    }

    /** Shuts down in order: not ready any more, no new connections, what is in flight ends or is cut at the deadline. */
    void drain(DrainConfig drain) throws InterruptedException {
        runtime.drainState().begin();
        logDrain(drain.delay(), drain.timeout());
        Thread.sleep(drain.delay());
        List<HttpListener> forUsers = connect == null ? List.of(ui) : List.of(ui, connect.listener());
        for (HttpListener door : forUsers) {
            door.closeLosingNothing();
        }
        awaitEnd(forUsers, drain.timeout());
    }

    /** Ends what is in flight after {@link #stopAccepting}; nobody has to notice anything first. */
    void drainAfterHandover(DrainConfig drain) throws InterruptedException {
        runtime.drainState().begin();
        logDrain(Duration.ZERO, drain.timeout());
        awaitEnd(doors(), drain.timeout());
    }

    private void logDrain(Duration delay, Duration timeout) {
        LOG.atInfo()
                .addKeyValue("delay", delay)
                .addKeyValue("timeout", timeout)
                .addKeyValue("connections", connections(doors()))
                .addKeyValue("inFlight", runtime.drainState().exchangesInFlight())
                .log("draining");
    }

    private void awaitEnd(List<HttpListener> listeners, Duration timeout) throws InterruptedException {
        // An exchange ends when its response is queued; its connection closes when the response has left.
        long deadline = System.nanoTime() + timeout.toNanos();
        while (connections(listeners) > 0 && System.nanoTime() < deadline) {
            Thread.sleep(DRAIN_STEP);
        }
        LOG.atInfo()
                .addKeyValue("cut", connections(listeners))
                .addKeyValue("inFlight", runtime.drainState().exchangesInFlight())
                .log("drained");
    }

    private static int connections(List<HttpListener> listeners) {
        return listeners.stream().mapToInt(HttpListener::connections).sum();
    }

    @Override
    public void close() {
        // Null when the constructor could not listen, or there is no file to watch.
        if (watch != null) {
            watch.close();
        }
        reloads.shutdownNow();
        discovery.close();
        if (connect != null) {
            connect.close();
        }
        memoryGuard.close();
        memory.close();
        runtime.close();
        tls.close();
        blocking.shutdown();
        metrics.close();
    }
}
