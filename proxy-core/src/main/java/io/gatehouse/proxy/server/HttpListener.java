// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.exchange.Http1FrontendHandler;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.net.HandlerNames;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;

/** One bound port and the pipeline of its connections. */
public final class HttpListener implements AutoCloseable {
    /** High enough for a whole page, low enough that a thousand stuck readers are affordable. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    private static final int BACKLOG = 1024;
    private static final int FIRST_READ = 2 << 10;
    private static final int LARGEST_READ = 128 << 10;

    private final ListenerSpec spec;
    private final ListenerContext context;
    private final Channel channel;
    private final ConnectionLimitHandler connectionLimit;

    private HttpListener(
            ListenerSpec spec, ListenerContext context, Channel channel, ConnectionLimitHandler connectionLimit) {
        this.spec = spec;
        this.context = context;
        this.channel = channel;
        this.connectionLimit = connectionLimit;
    }

    /** Binds; blocks until that is done or has failed. Not for event loops. */
    public static HttpListener bind(ProxyRuntime runtime, ListenerSpec spec) throws IOException {
        ListenerContext context = new ListenerContext(
                spec.name(),
                spec.limits(),
                spec.accessLogged(),
                spec.authenticator(),
                spec.router(),
                runtime.environment());
        context.trust(spec.trustedProxies());
        ConnectionLimitHandler limit = new ConnectionLimitHandler(spec.maxConnections(), context.meters());
        LastResortHandler lastResort = new LastResortHandler();
        ChannelFuture bound = new ServerBootstrap()
                .group(runtime.eventLoops())
                .channel(runtime.environment().transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, runtime.environment().allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        LoopContext loop = runtime.context(child.eventLoop());
                        loop.environment().transport().limitUnsent(child);
                        child.config().setRecvByteBufAllocator(new ReceiveBuffers(512, FIRST_READ, LARGEST_READ));
                        addHandlers(child.pipeline(), limit, new Http1FrontendHandler(context, loop), lastResort);
                    }
                })
                .bind(spec.address())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + spec.address() + " for the " + spec.name() + " door: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new HttpListener(spec, context, bound.channel(), limit);
    }

    /** The handlers of a client's connection; the README's table has them in this order. */
    static void addHandlers(
            ChannelPipeline pipeline,
            ConnectionLimitHandler limit,
            Http1FrontendHandler frontend,
            LastResortHandler lastResort) {
        pipeline.addLast(HandlerNames.CONN_LIMIT, limit)
                .addLast(HandlerNames.FRONTEND, frontend)
                .addLast(HandlerNames.LAST_RESORT, lastResort);
    }

    public String name() {
        return spec.name();
    }

    /** Called on reload, from any thread: whose word about others counts from now on, on open connections too. */
    public void trust(TrustedProxies proxies) {
        context.trust(proxies);
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Connections that are open now. */
    public int connections() {
        return connectionLimit.open();
    }

    /** Whether it accepts connections. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Stops accepting; connections that are open stay so. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}
