// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.exchange.ProxyEnvironment;
import io.gatehouse.proxy.exchange.UpstreamHealth;
import io.gatehouse.proxy.exchange.Via;
import io.gatehouse.proxy.http2.GrpcLoop;
import io.gatehouse.proxy.http2.LinkLimits;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.DrainState;
import io.gatehouse.proxy.net.MemoryPressure;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.tls.ClientTls;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops of a process and what its listeners share. One per process; tests make their own.
 *
 * <p>Closing it ends all connections at once: drain the listeners first.
 */
public final class ProxyRuntime implements AutoCloseable {
    /** Not zero, which would end a loop in the turn in which it is told to; see {@link #oneMoreTurn}. */
    private static final long QUIET_NANOS = 1;

    private static final long LONGEST_END_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ProxyEnvironment environment;
    private final AccessLog accessLog;
    private final EventLoopGroup eventLoops;
    private final IdentityHashMap<EventExecutor, LoopContext> contexts;
    private final List<LoopContext> contextList;
    private final IdentityHashMap<EventExecutor, GrpcLoop> grpcLoops = new IdentityHashMap<>();
    private final AtomicInteger nextContext = new AtomicInteger();

    /** {@code upstreamTls}: for upstreams that want it; the caller closes it after this runtime. */
    public ProxyRuntime(
            ProxyOptions options,
            ProxySettings settings,
            ProxyMetrics metrics,
            AccessLog accessLog,
            Transport transport,
            ClientTls upstreamTls) {
        this(options, settings, metrics, accessLog, transport, upstreamTls, LinkLimits.DEFAULT);
    }

    /** {@code linkLimits}: of the connections to servers of gRPC. */
    public ProxyRuntime(
            ProxyOptions options,
            ProxySettings settings,
            ProxyMetrics metrics,
            AccessLog accessLog,
            Transport transport,
            ClientTls upstreamTls,
            LinkLimits linkLimits) {
        this.accessLog = accessLog;
        MemoryPressure memoryPressure = new MemoryPressure();
        metrics.observeMemoryPressure(() -> memoryPressure.level().number());
        this.environment = new ProxyEnvironment(
                options,
                settings,
                metrics,
                transport,
                upstreamTls,
                new DnsAddressResolverGroup(
                        new DnsNameResolverBuilder().datagramChannelType(transport.datagramChannel())),
                PooledByteBufAllocator.DEFAULT,
                new DrainState(),
                new UpstreamHealth(
                        settings::ejection,
                        metrics,
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextDouble()),
                memoryPressure,
                Via.newValue(),
                System::nanoTime);
        this.eventLoops = new MultiThreadIoEventLoopGroup(
                options.eventLoops(), new DefaultThreadFactory("gatehouse-loop"), transport.ioHandlerFactory());
        IdentityHashMap<EventExecutor, LoopContext> byLoop = new IdentityHashMap<>();
        for (EventExecutor executor : eventLoops) {
            EventLoop loop = (EventLoop) executor;
            byLoop.put(loop, new LoopContext(loop, environment, accessLog.newSink()));
        }
        this.contexts = byLoop;
        this.contextList = List.copyOf(byLoop.values());
        long beat = options.beat().toNanos();
        for (LoopContext context : contextList) {
            metrics.observeLoop(context.upstreamPool()::openConnections);
            GrpcLoop grpc = new GrpcLoop(context, linkLimits);
            grpcLoops.put(context.eventLoop(), grpc);
            metrics.observeLoop(grpc.links()::open);
            context.eventLoop().scheduleAtFixedRate(context::tick, beat, beat, TimeUnit.NANOSECONDS);
        }
    }

    public ProxyEnvironment environment() {
        return environment;
    }

    /** Changes what may change while connections are open. */
    public ProxySettings settings() {
        return environment.settings();
    }

    public DrainState drainState() {
        return environment.drainState();
    }

    /** For the guard that sets it. */
    public MemoryPressure memoryPressure() {
        return environment.memoryPressure();
    }

    public EventLoopGroup eventLoops() {
        return eventLoops;
    }

    /** The context of a loop of this runtime. */
    public LoopContext context(EventLoop loop) {
        LoopContext context = contexts.get(loop);
        if (context == null) {
            throw new IllegalArgumentException("not an event loop of this runtime");
        }
        return context;
    }

    /** What the HTTP/2 connections of a loop of this runtime share. */
    public GrpcLoop grpc(EventLoop loop) {
        GrpcLoop grpc = grpcLoops.get(loop);
        if (grpc == null) {
            throw new IllegalArgumentException("not an event loop of this runtime");
        }
        return grpc;
    }

    /** The same of some loop, in turns; for work that no connection began. */
    public GrpcLoop anyGrpcLoop() {
        return grpc(anyContext().eventLoop());
    }

    /** Some context, in turns; for work that no connection began. */
    public LoopContext anyContext() {
        return contextList.get(Math.floorMod(nextContext.getAndIncrement(), contextList.size()));
    }

    /** All contexts. Their state may be read on their own loops only. */
    public List<LoopContext> contexts() {
        return contextList;
    }

    @Override
    public void close() {
        // First: its sockets are closed on the event loops.
        environment.resolver().close();
        if (!eventLoops.isShuttingDown()) {
            eventLoops.forEach(ProxyRuntime::oneMoreTurn);
        }
        eventLoops
                .shutdownGracefully(QUIET_NANOS, LONGEST_END_NANOS, TimeUnit.NANOSECONDS)
                .awaitUninterruptibly();
        if (eventLoops.isTerminated()) {
            // What ended with the connections just now; the loops do not touch it any more.
            contextList.forEach(context -> context.accessLog().handOver());
        }
        accessLog.close();
    }

    /**
     * A loop closes its connections at the beginning of a turn. Without a hook, one that is told to end in the middle of its last
     * turn leaves them open, and what they hold unreleased (Netty 4.2.18, {@code SingleThreadIoEventLoop.run}).
     */
    private static void oneMoreTurn(EventExecutor loop) {
        if (loop instanceof SingleThreadEventExecutor ours) {
            ours.addShutdownHook(() -> {});
        }
    }
}
