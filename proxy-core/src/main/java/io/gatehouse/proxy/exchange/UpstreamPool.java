// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.net.HandlerNames;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.gatehouse.proxy.tls.TlsFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to all upstreams: kept alive, capped, waited for in order. An exchange and its
 * upstream connection are always on the same loop.
 *
 * <p>{@link UpstreamLimits} hold for the process; each loop has an equal share. Where a change has made them smaller, the
 * connections that become free are closed until it fits.
 */
public final class UpstreamPool {
    private static final int FIRST_READ = 16 << 10;
    private static final int LARGEST_READ = 256 << 10;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 256 << 10);

    /** Who waits for a connection. Called on the event loop, once, unless cancelled before. Throws nothing: others wait too. */
    interface Waiter {
        void onConnected(Http1BackendHandler connection);

        void onConnectFailed(ErrorType error, String detail);
    }

    /** A place in the queue; {@link #cancel} gives it up. */
    static final class Ticket {
        private @Nullable Waiter waiter;
        private @Nullable Host queuedAt;
        private final long sinceNanos;

        private Ticket(Waiter waiter, long sinceNanos) {
            this.waiter = waiter;
            this.sinceNanos = sinceNanos;
        }

        void cancel() {
            waiter = null;
            if (queuedAt != null) {
                // Whoever left must not count against those who wait.
                queuedAt.waiting.remove(this);
                queuedAt = null;
            }
        }
    }

    /** The connections to one upstream. */
    private static final class Host {
        final ArrayDeque<Http1BackendHandler> idle = new ArrayDeque<>();
        final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
        int open;
        int connecting;

        void enqueue(Ticket ticket) {
            waiting.addLast(ticket);
            ticket.queuedAt = this;
        }

        boolean isUnused() {
            return open == 0 && waiting.isEmpty();
        }
    }

    private final LoopContext loop;
    private final Map<Upstream, Host> hosts = new HashMap<>();
    private final LastResortHandler lastResort = new LastResortHandler();
    private final int loops;
    /** Written by the event loop, read by the metrics' thread. */
    private volatile int openConnections;

    private int openNow;

    UpstreamPool(LoopContext loop) {
        this.loop = loop;
        this.loops = loop.environment().options().eventLoops();
    }

    /** Connections of this loop that are open now; for any thread. */
    public int openConnections() {
        return openConnections;
    }

    /** A ticket to {@link #acquire} a connection with. */
    Ticket ticket(Waiter waiter) {
        return new Ticket(waiter, loop.nanoTime());
    }

    /** Asks for a connection; the waiter may be called before this returns. */
    void acquire(Upstream upstream, Ticket ticket) {
        Host host = hosts.computeIfAbsent(upstream, key -> new Host());
        Waiter waiter = ticket.waiter;
        if (waiter == null) {
            return;
        }
        Http1BackendHandler idle = host.idle.pollLast();
        while (idle != null && !idle.isUsable()) {
            idle.close();
            idle = host.idle.pollLast();
        }
        if (idle != null) {
            waiter.onConnected(idle);
        } else if (host.open < maxOpen()) {
            host.enqueue(ticket);
            connect(upstream, host);
        } else if (host.waiting.size() - host.connecting < maxWaiting()) {
            host.enqueue(ticket);
        } else {
            waiter.onConnectFailed(
                    ErrorType.CONNECTION_LIMIT_REACHED,
                    "more than " + maxWaiting() + " requests wait for one upstream");
        }
    }

    private int maxOpen() {
        return Math.max(1, loop.environment().settings().upstreamLimits().maxConnections() / loops);
    }

    private int maxWaiting() {
        return Math.max(1, loop.environment().settings().upstreamLimits().maxPending() / loops);
    }

    /** Requests of this loop that an upstream works on or that wait for a connection to it. */
    int load(Upstream upstream) {
        Host host = hosts.get(upstream);
        return host == null ? 0 : host.open - host.connecting - host.idle.size() + host.waiting.size();
    }

    /** Closes what rests: one connection was found dead, so the others are likely to be. */
    void discardIdle(Upstream upstream) {
        Host host = hosts.get(upstream);
        if (host != null) {
            Http1BackendHandler idle;
            while ((idle = host.idle.pollLast()) != null) {
                idle.close();
            }
        }
    }

    /** A connection is free again. */
    void release(Http1BackendHandler connection) {
        Host host = hosts.get(connection.upstream());
        if (host == null || host.open > maxOpen()) {
            connection.close();
        } else {
            serve(host, connection);
        }
    }

    /** A connection is closed, whatever it was doing. Each is reported once. */
    void closed(Http1BackendHandler connection) {
        Host host = hosts.get(connection.upstream());
        if (host == null) {
            return;
        }
        host.idle.remove(connection);
        openChanged(host, -1);
        connectForWaiting(connection.upstream(), host);
    }

    /** Ends waits that took too long, forgets upstreams that are not used any more. */
    void tick(long nowNanos) {
        long limit = loop.environment().settings().upstream().connect().toNanos();
        // Told after the walk: whoever is told may ask for another connection at once.
        List<Late> late = List.of();
        for (Iterator<Host> all = hosts.values().iterator(); all.hasNext(); ) {
            Host host = all.next();
            Ticket first = host.waiting.peekFirst();
            while (first != null && nowNanos - first.sinceNanos > limit) {
                Waiter waiter = nextWaiter(host);
                if (waiter != null) {
                    late = late.isEmpty() ? new ArrayList<>() : late;
                    late.add(new Late(waiter, host.connecting == 0));
                }
                first = host.waiting.peekFirst();
            }
            if (host.isUnused()) {
                all.remove();
            }
        }
        late.forEach(Late::tell);
    }

    /** Who has waited too long; {@code behindOthers}: while other requests had all connections, which is no fault of the upstream. */
    private record Late(Waiter waiter, boolean behindOthers) {
        void tell() {
            if (behindOthers) {
                waiter.onConnectFailed(
                        ErrorType.CONNECTION_LIMIT_REACHED, "no connection became free in time: others have them all");
            } else {
                waiter.onConnectFailed(ErrorType.CONNECTION_TIMEOUT, "no connection in time");
            }
        }
    }

    /**
     * The handlers of an upstream's connection; the README's table has them in this order.
     *
     * @param established completed when TLS is ready for use; where there is none, never
     */
    void addHandlers(
            ChannelPipeline pipeline, Upstream upstream, Http1BackendHandler backend, Promise<Void> established) {
        if (upstream.isSecure()) {
            ProxyEnvironment environment = loop.environment();
            Duration timeout = environment.settings().upstream().connect();
            environment.upstreamTls().addHandlers(pipeline, upstream, timeout, established);
        }
        pipeline.addLast(HandlerNames.BACKEND, backend).addLast(HandlerNames.LAST_RESORT, lastResort);
    }

    private void serve(Host host, Http1BackendHandler connection) {
        Waiter waiter = nextWaiter(host);
        if (waiter == null) {
            host.idle.addLast(connection);
        } else {
            waiter.onConnected(connection);
        }
    }

    private static @Nullable Waiter nextWaiter(Host host) {
        Ticket ticket = host.waiting.pollFirst();
        if (ticket == null) {
            return null;
        }
        ticket.queuedAt = null;
        return ticket.waiter;
    }

    private void connectForWaiting(Upstream upstream, Host host) {
        // Not one more than there are requests: a dead upstream would be knocked at twice for each of them.
        if (host.connecting < host.waiting.size() && host.open < maxOpen()) {
            connect(upstream, host);
        }
    }

    private void connect(Upstream upstream, Host host) {
        openChanged(host, 1);
        host.connecting++;
        ProxyEnvironment environment = loop.environment();
        Http1BackendHandler handler = new Http1BackendHandler(loop, upstream, this);
        Promise<Void> established = loop.eventLoop().newPromise();
        new Bootstrap()
                .group(loop.eventLoop())
                .channel(environment.transport().socketChannel())
                .resolver(environment.resolver())
                .option(ChannelOption.ALLOCATOR, environment.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                // A failed write must not close what an answer may still be read from.
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ReceiveBuffers(1024, FIRST_READ, LARGEST_READ))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        environment.settings().upstream().connect().toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        addHandlers(channel.pipeline(), upstream, handler, established);
                    }
                })
                .connect(upstream.address())
                .addListener(future -> {
                    if (future.isSuccess() && upstream.isSecure()) {
                        established.addListener(done -> connected(upstream, host, handler, done.cause()));
                    } else if (loop.eventLoop().inEventLoop()) {
                        connected(upstream, host, handler, future.cause());
                    } else {
                        // A channel that could not be made, for want of file descriptors say, belongs to no loop.
                        loop.eventLoop().execute(() -> connected(upstream, host, handler, future.cause()));
                    }
                });
    }

    private void connected(Upstream upstream, Host host, Http1BackendHandler handler, @Nullable Throwable failure) {
        host.connecting--;
        if (failure == null) {
            serve(host, handler);
        } else {
            connectFailed(upstream, host, failure);
        }
    }

    private void connectFailed(Upstream upstream, Host host, Throwable cause) {
        // Its channel was never active, so closed() does not hear of it.
        openChanged(host, -1);
        Waiter waiter = nextWaiter(host);
        if (waiter != null) {
            String reason = cause instanceof SSLException ? ": " + TlsFailures.reason(cause) : "";
            waiter.onConnectFailed(classify(cause), "cannot connect to the upstream" + reason);
        }
        connectForWaiting(upstream, host);
    }

    private void openChanged(Host host, int by) {
        host.open += by;
        openConnections = openNow += by;
    }

    /** JDK and Netty have one exception for most of what {@code connect} may say; its text tells. */
    public static ErrorType classify(Throwable cause) {
        return switch (cause) {
            case SSLException e -> TlsFailures.classify(e);
            case ConnectTimeoutException e -> ErrorType.CONNECTION_TIMEOUT;
            case UnknownHostException e -> ErrorType.DNS_ERROR;
            case NoRouteToHostException e -> ErrorType.DESTINATION_IP_UNROUTABLE;
            case ConnectException e
            when String.valueOf(e.getMessage()).contains("refused") -> ErrorType.CONNECTION_REFUSED;
            case ConnectException e
            when String.valueOf(e.getMessage()).contains("timed out") -> ErrorType.CONNECTION_TIMEOUT;
            case IOException e -> ErrorType.DESTINATION_IP_UNROUTABLE;
            default -> ErrorType.PROXY_INTERNAL_ERROR;
        };
    }
}
