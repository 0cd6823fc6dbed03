// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.ReadyFile;
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
import io.gatehouse.session.MemorySessionStore;
import io.gatehouse.session.StaticFleet;
import io.gatehouse.session.connect.ConnectRouter;
import io.gatehouse.session.connect.PoolTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The door for Spark Connect with what it stands on: logins, pools and their servers, sessions. */
final class ConnectDoor implements AutoCloseable {
    /** Of all pools; half a kilobyte each. */
    private static final int MOST_SESSIONS = 100_000;

    private final IdentityFiles.Opened identity;
    private final HttpListener listener;
    private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sessions").factory());

    private ConnectDoor(IdentityFiles.Opened identity, HttpListener listener, StaticFleet fleet, ConnectRouter router) {
        this.identity = identity;
        this.listener = listener;
        beat.scheduleWithFixedDelay(fleet::check, 0, 1, TimeUnit.SECONDS);
        beat.scheduleWithFixedDelay(router::tick, 1, 1, TimeUnit.MINUTES);
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
        PoolFiles poolFiles = PoolFiles.load(config.pools());
        IdentityFiles.Opened identity = IdentityFiles.open(config.identity(), clock, System::nanoTime);
        try {
            GrpcClient calls = new GrpcClient(runtime::anyGrpcLoop);
            StaticFleet fleet = new StaticFleet(poolFiles.servers(), calls, System::nanoTime);
            PoolTable pools = new PoolTable(poolFiles.specs(), defaultPool(config));
            ConnectRouter router = new ConnectRouter(
                    () -> pools,
                    identity.identity(),
                    new MemorySessionStore(clock, MOST_SESSIONS),
                    fleet,
                    calls,
                    clock,
                    System::nanoTime,
                    new Random());
            HttpListener listener = HttpListener.open(runtime, spec(config.connect(), router, tls), inherited);
            return new ConnectDoor(identity, listener, fleet, router);
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

    private static @Nullable String defaultPool(GatehouseConfig config) {
        String named = config.connect().defaultPool();
        return named == null && config.pools().size() == 1
                ? config.pools().getFirst().name()
                : named;
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
    ReloadedFiles readAgain() {
        return identity.files().readAgain(identity.identity());
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
