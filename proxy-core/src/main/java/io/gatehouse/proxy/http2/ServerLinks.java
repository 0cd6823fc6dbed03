// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.exchange.ProxyEnvironment;
import io.gatehouse.proxy.exchange.UpstreamPool;
import io.gatehouse.proxy.net.HandlerNames;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.gatehouse.proxy.tls.TlsFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to servers: one to each, and a further one where the server takes no more streams on it, or where its
 * numbers of streams are used up.
 * Calls that wait for a connection wait in order.
 */
public final class ServerLinks {
    private static final int FIRST_READ = 16 << 10;
    private static final int LARGEST_READ = 256 << 10;

    /** Who waits for a connection. Called on the event loop, once, unless cancelled before. */
    interface Waiter {
        void onLink(ServerLink link);

        /** {@code reason}: what is wrong with the server's TLS, for logs, or empty. */
        void onNoLink(ErrorType error, String reason);

        /** Whether it still waits. */
        boolean isWaiting();
    }

    /** The connections to one server. */
    private static final class Host {
        final List<ServerLink> links = new ArrayList<>();
        final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
        boolean connecting;
    }

    private final GrpcLoop loop;
    private final LinkLimits limits;
    private final Map<Upstream, Host> hosts = new HashMap<>();
    private final LastResortHandler lastResort = new LastResortHandler();
    /** Written by the event loop, read by the metrics' thread. */
    private volatile int open;

    private int openNow;

    ServerLinks(GrpcLoop loop, LinkLimits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    /** Connections that are open now; for any thread. */
    public int open() {
        return open;
    }

    /** Asks for a connection that takes one more call; the waiter may be called before this returns. */
    void acquire(Upstream server, Waiter waiter) {
        Host host = hosts.computeIfAbsent(server, _ -> new Host());
        ServerLink usable = usable(host);
        if (usable != null) {
            waiter.onLink(usable);
            return;
        }
        int most = share(loop.environment().settings().upstreamLimits().maxPending());
        if (host.waiting.size() >= most) {
            host.waiting.removeIf(other -> !other.isWaiting());
        }
        if (host.waiting.size() >= most) {
            waiter.onNoLink(ErrorType.CONNECTION_LIMIT_REACHED, "");
            return;
        }
        host.waiting.addLast(waiter);
        connect(server, host);
    }

    /** What this loop has of a limit of the process: see {@link UpstreamLimits}. */
    private int share(int all) {
        return Math.max(1, all / loop.environment().options().eventLoops());
    }

    private static @Nullable ServerLink usable(Host host) {
        for (int i = 0; i < host.links.size(); i++) {
            ServerLink link = host.links.get(i);
            if (link.canOpen()) {
                return link;
            }
        }
        return null;
    }

    /** A call is over: somebody may wait for its place. */
    void free(ServerLink link) {
        Host host = hosts.get(link.server());
        if (host != null && !host.waiting.isEmpty()) {
            serve(host);
        }
    }

    /** It takes no new calls, by the server's word or for its age; those under way go on. */
    void leaving(ServerLink link) {
        Host host = hosts.get(link.server());
        if (host != null && host.links.remove(link) && !host.waiting.isEmpty()) {
            // They waited for a place on it.
            connect(link.server(), host);
        }
    }

    /** The connection is closed. */
    void closed(ServerLink link) {
        open = --openNow;
        leaving(link);
        Host host = hosts.get(link.server());
        if (host != null && host.links.isEmpty() && host.waiting.isEmpty() && !host.connecting) {
            hosts.remove(link.server());
        }
    }

    private void connect(Upstream server, Host host) {
        int most = share(loop.environment().settings().upstreamLimits().maxConnections());
        if (host.connecting || host.links.size() >= most) {
            return;
        }
        host.connecting = true;
        ProxyEnvironment environment = loop.environment();
        ServerLink link = ServerLink.to(server, this, loop, limits);
        Promise<Void> established = loop.loop().eventLoop().newPromise();
        new Bootstrap()
                .group(loop.loop().eventLoop())
                .channel(environment.transport().socketChannel())
                .resolver(environment.resolver())
                .option(ChannelOption.ALLOCATOR, environment.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, ReceiveBuffers.withRoomInFront(1024, FIRST_READ, LARGEST_READ))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        environment.settings().upstream().connect().toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        environment.transport().keepAlive().watch(channel);
                        addHandlers(channel.pipeline(), server, link, established);
                    }
                })
                .connect(server.address())
                .addListener(future -> {
                    if (future.isSuccess()) {
                        // It is up when the handler says so: behind TLS, and behind its own preface.
                        established.addListener(ready -> failed(server, host, ready.cause()));
                    } else if (loop.loop().eventLoop().inEventLoop()) {
                        failed(server, host, future.cause());
                    } else {
                        // A channel that could not be made, for want of file descriptors say, belongs to no loop.
                        loop.loop().eventLoop().execute(() -> failed(server, host, future.cause()));
                    }
                });
    }

    /** The handlers of a server's connection; the README's table has them in this order. */
    void addHandlers(ChannelPipeline pipeline, Upstream server, ServerLink link, Promise<Void> established) {
        if (server.isSecure()) {
            ProxyEnvironment environment = loop.environment();
            environment
                    .upstreamTls()
                    .addHttp2Handlers(
                            pipeline, server, environment.settings().upstream().connect(), established);
        }
        pipeline.addLast(HandlerNames.SMALL_WRITES, new SmallWrites())
                .addLast(HandlerNames.H2, link)
                .addLast(HandlerNames.LAST_RESORT, lastResort);
    }

    /** A connection is ready for calls. */
    void up(ServerLink link) {
        Host host = hosts.computeIfAbsent(link.server(), _ -> new Host());
        host.connecting = false;
        open = ++openNow;
        host.links.add(link);
        serve(host);
        if (!host.waiting.isEmpty()) {
            connect(link.server(), host);
        }
        loop.flush();
    }

    private void failed(Upstream server, Host host, @Nullable Throwable failure) {
        if (failure == null) {
            return;
        }
        host.connecting = false;
        ErrorType error = UpstreamPool.classify(failure);
        String reason = failure instanceof SSLException ? TlsFailures.reason(failure) : "";
        // All of them: whoever comes now is the first to knock again.
        List<Waiter> refused = new ArrayList<>(host.waiting);
        host.waiting.clear();
        if (host.links.isEmpty()) {
            hosts.remove(server, host);
        }
        refused.stream().filter(Waiter::isWaiting).forEach(waiter -> waiter.onNoLink(error, reason));
        loop.flush();
    }

    private static void serve(Host host) {
        ServerLink usable = usable(host);
        while (usable != null && !host.waiting.isEmpty()) {
            Waiter next = host.waiting.removeFirst();
            if (next.isWaiting()) {
                next.onLink(usable);
                usable = usable(host);
            }
        }
    }
}
