// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.metrics.ListenerMeters;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Caps the open connections of one listener, in all and for each client. One too many goes to a
 * {@link RefusedConnectionHandler} and costs no decoder.
 *
 * <p>A client is the peer of the TCP connection, whatever a proxy in between says of it: behind one, all share its address.
 */
@ChannelHandler.Sharable
final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
    private final ListenerMeters meters;
    private final RefusedConnectionHandler.Farewell farewell;
    private final AtomicInteger open = new AtomicInteger();
    private final ClientCounts clients = new ClientCounts();
    private volatile ListenerLimits limits;

    /** {@code spec}: of the listener; its limits hold at first. */
    ConnectionLimitHandler(ListenerSpec spec, ListenerMeters meters) {
        this.limits = spec.limits();
        this.farewell = RefusedConnectionHandler.Farewell.of(spec);
        this.meters = meters;
    }

    ListenerMeters meters() {
        return meters;
    }

    /** Holds for connections that are accepted from now on. */
    void use(ListenerLimits newLimits) {
        limits = newLimits;
    }

    int open() {
        return open.get();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!admit(ctx.channel())) {
            meters.connectionRefused();
            ctx.pipeline().replace(this, HandlerNames.CONN_LIMIT, new RefusedConnectionHandler(farewell));
            return;
        }
        meters.connectionOpened();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open.decrementAndGet();
        clients.remove(client(ctx.channel()));
        meters.connectionClosed();
        ctx.fireChannelInactive();
    }

    /** Those that are refused do not count, or a flood of them would keep everybody else out. */
    private boolean admit(Channel channel) {
        ListenerLimits now = limits;
        int each = now.maxConnectionsPerClient();
        if (open.incrementAndGet() <= now.maxConnections()
                && clients.add(client(channel), each == 0 ? Integer.MAX_VALUE : each)) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** The same at both ends of a connection: a channel keeps the address that it was first asked for. */
    private static InetAddress client(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
    }
}
