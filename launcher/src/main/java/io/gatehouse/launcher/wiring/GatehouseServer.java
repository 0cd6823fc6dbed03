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
import io.gatehouse.launcher.config.ConfigWatcher;
import io.gatehouse.launcher.config.DrainConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.ReloadPlan;
import io.gatehouse.launcher.config.Reloader;
import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
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
    private final ProxyRuntime runtime;
    private final Discovery discovery;
    private final UpstreamClient client;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService reloads = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reload").factory());
    private final HttpListener ui;
    private final String basePath;
    private final HttpListener management;
    private final List<ConfigWatcher> watchers;

    private GatehouseServer(Launch launch, String version, PrintStream out, Supplier<List<UiEndpoint>> localProcesses)
            throws IOException {
        GatehouseConfig config = launch.config();
        this.basePath = config.ui().basePath();
        AdminToken token = new AdminToken(config.management().tokenFile());
        this.metrics = new Metrics(version, Clock.systemUTC().instant());
        ProxyMetrics proxyMetrics = new ProxyMetrics(metrics.registry());
        this.runtime = new ProxyRuntime(
                ProxyOptionsMapping.options(config),
                new ProxySettings(
                        ProxyOptionsMapping.downstream(config.ui().timeouts()),
                        ProxyOptionsMapping.upstream(config.upstream())),
                proxyMetrics,
                accessLog(config.accessLog().output(), proxyMetrics, out),
                transport(config.transport()));
        this.client = new UpstreamClient(runtime::anyContext);
        this.discovery = new Discovery(config, client, localProcesses, metrics.registry());
        Probes probes = new Probes(
                runtime.contexts().stream().map(context -> context.eventLoop()).toList(),
                List.of(
                        new ReadinessCheck(
                                "draining", () -> runtime.drainState().isDraining() ? "shutting down" : ""),
                        new ReadinessCheck("discovery", this::unsyncedSources)));
        Reloader reloader = reloader(launch, token);
        this.ui = listen(
                "ui",
                config.ui().address(),
                config.ui().port(),
                ProxyOptionsMapping.limits(config.ui().limits()),
                config.ui().limits().maxConnections(),
                Authenticator.ANYONE,
                new UiRouter(discovery::routing, discovery.registry(), discovery.registry()::lookSoon, probes::isReady),
                ProxyOptionsMapping.trustedProxies(config.ui()));
        this.management = listen(
                "management",
                config.management().address(),
                config.management().port(),
                HttpLimits.DEFAULT,
                MANAGEMENT_CONNECTIONS,
                new AdminAuthenticator(
                        token::get,
                        InetAddress.ofLiteral(config.management().address()).isLoopbackAddress()),
                new ManagementRouter(
                        probes,
                        metrics.registry()::scrape,
                        new ReloadActions(reloader, launch.logging().levels()),
                        blocking),
                TrustedProxies.NONE);
        Path file = launch.configFile();
        Path tokenFile = config.management().tokenFile();
        this.watchers = reloader == null
                ? List.of()
                : Stream.of(file, tokenFile)
                        .flatMap(Stream::ofNullable)
                        .map(watched -> new ConfigWatcher(watched, reloader, reloads, ConfigWatcher.DEFAULT_PERIOD))
                        .toList();
    }

    /**
     * Binds all doors and begins to look for applications.
     *
     * @param localProcesses UIs of processes that we started ourselves
     */
    static GatehouseServer start(
            Launch launch, String version, PrintStream out, Supplier<List<UiEndpoint>> localProcesses)
            throws IOException {
        GatehouseServer server = new GatehouseServer(launch, version, out, localProcesses);
        server.discovery.prepare(launch.config()).run();
        LOG.atInfo()
                .addKeyValue("version", version)
                .addKeyValue("jdk", Runtime.version())
                .addKeyValue(
                        "transport", server.runtime.environment().transport().name())
                .addKeyValue("ui", server.ui.address())
                .addKeyValue("management", server.management.address())
                .log("gatehouse started");
        if (!server.ui.address().getAddress().isLoopbackAddress()) {
            LOG.atWarn()
                    .log("the ui door is open to other machines and nobody signs in on it: put a login in front of it");
        }
        return server;
    }

    private HttpListener listen(
            String name,
            String address,
            int port,
            HttpLimits limits,
            int connections,
            Authenticator authenticator,
            Router router,
            TrustedProxies trustedProxies)
            throws IOException {
        InetSocketAddress bind = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        boolean accessLogged = !name.equals("management");
        try {
            return HttpListener.bind(
                    runtime,
                    new ListenerSpec(
                            name, bind, limits, connections, accessLogged, authenticator, router, trustedProxies));
        } catch (IOException e) {
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
                        plan -> apply(plan, launch),
                        metrics::reloaded,
                        Clock.systemUTC());
    }

    /** Puts a new configuration into force. Called by the reloader, never on an event loop. */
    private void apply(ReloadPlan plan, Launch launch) {
        GatehouseConfig config = plan.effective();
        // What can fail comes before what changes anything.
        DownstreamTimeouts downstream =
                ProxyOptionsMapping.downstream(config.ui().timeouts());
        UpstreamTimeouts upstream = ProxyOptionsMapping.upstream(config.upstream());
        Runnable applications = plan.applied().touches("discovery") ? discovery.prepare(config) : () -> {};
        TrustedProxies trustedProxies = ProxyOptionsMapping.trustedProxies(config.ui());
        runtime.settings().update(downstream, upstream);
        ui.trust(trustedProxies);
        if (plan.applied().touches("logging")) {
            launch.logging().apply(config.logging());
        }
        applications.run();
    }

    private String unsyncedSources() {
        List<String> unsynced = discovery.registry().unsynced();
        return unsynced.isEmpty() ? "" : "not looked yet: " + String.join(", ", unsynced);
    }

    private static Transport transport(Transport.Kind kind) throws IOException {
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

    /** Bound addresses by door, in the order in which the ready file names them. */
    SequencedMap<String, InetSocketAddress> addresses() {
        SequencedMap<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        addresses.put("ui", ui.address());
        addresses.put("management", management.address());
        return addresses;
    }

    /** What to open in a browser. */
    String uiUrl() {
        return ReadyFile.url(ui.address()) + basePath;
    }

    String managementUrl() {
        return ReadyFile.url(management.address());
    }

    AppRegistry registry() {
        return discovery.registry();
    }

    UpstreamClient client() {
        return client;
    }

    /** Shuts down in order: not ready any more, no new connections, what is in flight ends or is cut at the deadline. */
    void drain(DrainConfig drain) throws InterruptedException {
        LOG.atInfo()
                .addKeyValue("delay", drain.delay())
                .addKeyValue("timeout", drain.timeout())
                .log("draining");
        runtime.drainState().begin();
        Thread.sleep(drain.delay());
        ui.close();
        // An exchange ends when its response is queued; its connection closes when the response has left.
        long deadline = System.nanoTime() + drain.timeout().toNanos();
        while (ui.connections() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(DRAIN_STEP);
        }
        LOG.atInfo().addKeyValue("cut", ui.connections()).log("drained");
    }

    @Override
    public void close() {
        // Null when the constructor could not listen.
        if (watchers != null) {
            watchers.forEach(ConfigWatcher::close);
        }
        reloads.shutdownNow();
        discovery.close();
        runtime.close();
        blocking.shutdown();
        metrics.close();
    }
}
