// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.exchange.Http1FrontendHandler;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.http2.ClientConnection;
import io.gatehouse.proxy.http2.GrpcLoop;
import io.gatehouse.proxy.http2.PrefaceHandler;
import io.gatehouse.proxy.net.HandlerNames;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.gatehouse.proxy.takeover.InheritedSockets;
import io.gatehouse.proxy.takeover.ListeningSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One bound port and the pipeline of its connections. */
public final class HttpListener implements AutoCloseable {
    /** High enough for a whole page, low enough that a thousand stuck readers are affordable. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    private static final int FIRST_READ = 2 << 10;
    private static final int LARGEST_READ = 128 << 10;

    /** For an accepted connection to its event loop; one that is stuck must not keep the process from ending. */
    private static final Duration LONGEST_WAY = Duration.ofSeconds(5);

    private final EventLoopGroup eventLoops;
    private final ListenerSpec spec;
    private final Channel channel;
    private final ListenerContext context;
    private final ConnectionLimitHandler connectionLimit;

    private HttpListener(
            EventLoopGroup eventLoops,
            ListenerSpec spec,
            Channel channel,
            ListenerContext context,
            ConnectionLimitHandler connectionLimit) {
        this.eventLoops = eventLoops;
        this.spec = spec;
        this.channel = channel;
        this.context = context;
        this.connectionLimit = connectionLimit;
    }

    /** Binds and accepts; blocks until that is done or has failed. Not for event loops. */
    public static HttpListener bind(ProxyRuntime runtime, ListenerSpec spec) throws IOException {
        HttpListener listener = open(runtime, spec, InheritedSockets.none());
        listener.accept();
        return listener;
    }

    /**
     * Binds, or goes on with the socket that another process listened on under the same name and at the same address; blocks
     * until that is done or has failed. Connections wait in the kernel's queue until {@link #accept}. Not for event loops.
     */
    public static HttpListener open(ProxyRuntime runtime, ListenerSpec spec, InheritedSockets inherited)
            throws IOException {
        ListenerContext context = new ListenerContext(
                spec.name(),
                spec.scheme(),
                spec.limits().http(),
                spec.accessLogged(),
                spec.shedsLoad(),
                runtime.environment());
        context.trust(spec.trustedProxies());
        ConnectionLimitHandler limit = new ConnectionLimitHandler(spec, context.meters());
        if (spec.tls() != null) {
            context.meters().observeCertificates(spec.tls()::expiry);
        }
        LastResortHandler lastResort = new LastResortHandler();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(runtime.eventLoops())
                .childOption(ChannelOption.ALLOCATOR, runtime.environment().allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        LoopContext loop = runtime.context(child.eventLoop());
                        loop.environment().transport().limitUnsent(child);
                        child.config().setRecvByteBufAllocator(buffers(spec));
                        addHandlers(
                                child.pipeline(), spec, limit, context, runtime.grpc(child.eventLoop()), lastResort);
                    }
                });
        Channel channel = ServerChannels.open(
                bootstrap,
                runtime.environment().transport().serverChannel(),
                spec,
                inherited.claim(spec.name(), spec.address()));
        return new HttpListener(runtime.eventLoops(), spec, channel, context, limit);
    }

    private static ReceiveBuffers buffers(ListenerSpec spec) {
        return spec.service() instanceof Service.Grpc
                ? ReceiveBuffers.withRoomInFront(512, FIRST_READ, LARGEST_READ)
                : new ReceiveBuffers(512, FIRST_READ, LARGEST_READ);
    }

    /** The handlers of a client's connection; the README's table has them in this order. */
    static void addHandlers(
            ChannelPipeline pipeline,
            ListenerSpec spec,
            ConnectionLimitHandler limit,
            ListenerContext context,
            GrpcLoop grpc,
            LastResortHandler lastResort) {
        LoopContext loop = grpc.loop();
        pipeline.addLast(HandlerNames.CONN_LIMIT, limit);
        if (spec.proxyProtocolFrom() != null) {
            pipeline.addLast(
                    HandlerNames.PROXY_PROTOCOL,
                    new ProxyProtocolHandler(spec.proxyProtocolFrom(), limit.meters(), loop));
        }
        if (spec.tls() != null) {
            spec.tls().addHandlers(pipeline, limit.meters());
        }
        switch (spec.service()) {
            case Service.Http http ->
                pipeline.addLast(HandlerNames.FRONTEND, new Http1FrontendHandler(context, http, loop));
            case Service.Grpc calls ->
                pipeline.addLast(
                        HandlerNames.PREFACE,
                        new PrefaceHandler(loop, () -> ClientConnection.of(context, calls.router(), grpc)));
        }
        pipeline.addLast(HandlerNames.LAST_RESORT, lastResort);
    }

    /** Begins to accept. Any thread may call; more than once is no harm. */
    public void accept() {
        channel.config().setAutoRead(true);
    }

    /**
     * The socket, for another process to go on with; it stays open as long as this listener.
     *
     * @throws IllegalStateException where the transport is not epoll
     */
    public ListeningSocket socket() {
        if (!(channel instanceof EpollServerSocketChannel epoll)) {
            throw new IllegalStateException("only sockets of epoll can be handed over");
        }
        return new ListeningSocket(
                spec.name(),
                new InetSocketAddress(spec.address().getAddress(), address().getPort()),
                epoll.fd());
    }

    public String name() {
        return spec.name();
    }

    /** Called on reload, from any thread: whose word about others counts from now on, on open connections too. */
    public void trust(TrustedProxies proxies) {
        context.trust(proxies);
    }

    /** What passes between clients and upstreams from the next request of each connection on; any thread may call. */
    public void guard(Boundary boundary) {
        context.guard(boundary);
    }

    /** What clients speak here: {@code http} or {@code https}. */
    public String scheme() {
        return spec.scheme();
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Changes the limits for connections that are accepted from now on. Called on reload, from any thread. */
    public void use(ListenerLimits limits) {
        context.use(limits.http());
        connectionLimit.use(limits);
    }

    /** Connections that are open now. */
    public int connections() {
        return connectionLimit.open();
    }

    /** Whether it accepts connections. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Stops accepting for good, and resets nobody who connects meanwhile: blocks for a quarter of a second. Connections that
     * are open stay so, and all of them count. Not for event loops, nor for a socket that another process goes on with: use
     * {@link #close}.
     */
    public void closeLosingNothing() throws InterruptedException {
        context.closed();
        if (LastConnections.refuseNew(channel)) {
            Thread.sleep(LastConnections.HANDSHAKES);
        }
        channel.eventLoop().execute(() -> LastConnections.acceptAndClose(channel));
        channel.closeFuture().await();
        awaitAccepted();
    }

    /** Stops accepting at once; connections that are open stay so, and all of them count. Not for event loops. */
    @Override
    public void close() {
        context.closed();
        channel.close().awaitUninterruptibly();
        awaitAccepted();
    }

    /** What was accepted last is on its way to its event loop, and is a connection only once it is there. */
    private void awaitAccepted() {
        for (EventExecutor loop : eventLoops) {
            if (!loop.isShuttingDown()) {
                loop.submit(() -> {}).awaitUninterruptibly(LONGEST_WAY.toMillis());
            }
        }
    }
}
