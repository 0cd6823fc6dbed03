// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.metrics.ListenerMeters;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Caps the open connections of one listener. One too many goes to a {@link RefusedConnectionHandler} and costs no decoder.
 */
@ChannelHandler.Sharable
final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
    private final int limit;
    private final ListenerMeters meters;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimitHandler(int limit, ListenerMeters meters) {
        this.limit = limit;
        this.meters = meters;
    }

    ListenerMeters meters() {
        return meters;
    }

    int open() {
        return open.get();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (open.incrementAndGet() > limit) {
            // Those that are refused do not count, or a flood of them would keep everybody else out.
            open.decrementAndGet();
            meters.connectionRefused();
            ctx.pipeline().replace(this, HandlerNames.CONN_LIMIT, new RefusedConnectionHandler());
            return;
        }
        meters.connectionOpened();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open.decrementAndGet();
        meters.connectionClosed();
        ctx.fireChannelInactive();
    }
}
