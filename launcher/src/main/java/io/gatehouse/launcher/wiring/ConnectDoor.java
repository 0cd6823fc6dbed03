// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.ReadyFile;
import io.gatehouse.launcher.config.ConfigException;
import io.gatehouse.launcher.config.ConnectConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.IdentityFiles;
import io.gatehouse.launcher.config.PoolFiles;
import io.gatehouse.launcher.config.ReloadedFiles;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.http2.GrpcClient;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.gatehouse.proxy.takeover.InheritedSockets;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.session.Departures;
import io.gatehouse.session.MemorySessionStore;
import io.gatehouse.session.SessionKeeper;
import io.gatehouse.session.SessionStore;
import io.gatehouse.session.StaticFleet;
import io.gatehouse.session.connect.ConnectRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door for Spark Connect with what it stands on: logins, pools and their servers, sessions. */
final class ConnectDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectDoor.class);
    /** Of all pools; half a kilobyte each. */
    private static final int MOST_SESSIONS = 100_000;

    private final IdentityFiles.Opened identity;
    private final HttpListener listener;
    private final ConnectPools pools;
    private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sessions").factory());

    private ConnectDoor(
            IdentityFiles.Opened identity,
            HttpListener listener,
            ConnectPools pools,
            ConnectRouter router,
            SessionKeeper keeper,
            Departures departures) {
        this.identity = identity;
        this.listener = listener;
        this.pools = pools;
        every(Duration.ofSeconds(1), pools.fleet()::check);
        every(Duration.ofMinutes(1), router::tick);
        every(Duration.ofMinutes(1), keeper::tick);
        every(Duration.ofMinutes(1), departures::tick);
    }

    /** A step that fails once is taken again the next time: left to itself, the executor would drop it. */
    private void every(Duration delay, Runnable step) {
        beat.scheduleWithFixedDelay(
                () -> {
                    try {
                        step.run();
                    } catch (RuntimeException defect) {
                        LOG.atError().setCause(defect).log("a step of the Connect door failed");
                    }
                },
                0,
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the files, and binds.
     *
     * @param tls null for HTTP/2 without TLS
     */
    static ConnectDoor open(
            GatehouseConfig config, ProxyRuntime runtime, @Nullable ServerTls tls, InheritedSockets inherited)
            throws IOException {
        InstantSource clock = Clock.systemUTC();
        GrpcClient calls = new GrpcClient(runtime::anyGrpcLoop);
        ConnectPools pools = new ConnectPools(config, calls, System::nanoTime);
        IdentityFiles.Opened identity = IdentityFiles.open(config.identity(), clock, System::nanoTime);
        try {
            StaticFleet fleet = pools.fleet();
            SessionStore store = new MemorySessionStore(clock, MOST_SESSIONS);
            ConnectRouter router = new ConnectRouter(
                    pools::table, identity.identity(), store, fleet, calls, clock, System::nanoTime, new Random());
            HttpListener listener = HttpListener.open(runtime, spec(config.connect(), router, tls), inherited);
            SessionKeeper keeper = new SessionKeeper(() -> pools.table().pools(), store, fleet, calls, clock);
            return new ConnectDoor(identity, listener, pools, router, keeper, new Departures(fleet, store));
        } catch (IOException | RuntimeException e) {
            identity.identity().close();
            throw e;
        }
    }

    private static ListenerSpec spec(ConnectConfig connect, ConnectRouter router, @Nullable ServerTls tls) {
        return new ListenerSpec(
                "connect",
                new InetSocketAddress(InetAddress.ofLiteral(connect.address()), connect.port()),
                ProxyOptionsMapping.limits(connect),
                true,
                true,
                new Service.Grpc(router),
                tls,
                ProxyOptionsMapping.proxyProtocolFrom(connect.proxyProtocolFrom()),
                ProxyOptionsMapping.trustedProxies(connect));
    }

    HttpListener listener() {
        return listener;
    }

    /** What clients are given; PySpark wants {@code use_ssl} said. */
    String url() {
        String url = ReadyFile.url("sc", listener.address());
        return listener.scheme().equals("https") ? url + "/;use_ssl=true" : url;
    }

    /** Puts what may change into force. */
    void apply(GatehouseConfig config) {
        listener.use(ProxyOptionsMapping.limits(config.connect()));
        listener.trust(ProxyOptionsMapping.trustedProxies(config.connect()));
    }

    /** Reads every file again that belongs to the door; see {@link io.gatehouse.launcher.config.ReloadTarget#readFiles}. */
    ReloadedFiles readAgain(GatehouseConfig config) {
        ReloadedFiles logins = identity.files().readAgain(identity.identity());
        try {
            return logins.and(pools.readAgain(config));
        } catch (ConfigException e) {
            logins.discard().run();
            throw e;
        }
    }

    /** Every file that belongs to the door. */
    static List<Path> files(GatehouseConfig config) {
        List<Path> files = new ArrayList<>(IdentityFiles.files(config.identity()));
        files.addAll(PoolFiles.files(config.pools()));
        return files;
    }

    /** Ends the beat and the logins; the listener ends with its runtime. */
    @Override
    public void close() {
        beat.shutdownNow();
        identity.identity().close();
        listener.close();
    }
}
