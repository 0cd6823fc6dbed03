// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.metrics.ListenerMeters;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Caps the open connections of one listener. One too many gets a 503 with {@code Retry-After} before anything is read
 * from it, and costs no decoder.
 */
@ChannelHandler.Sharable
final class ConnectionLimitHandler extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<Boolean> REFUSED = AttributeKey.valueOf("gatehouse.connection-refused");
    private static final byte[] TOO_MANY =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                            + "Proxy-Status: gatehouse; error=connection_limit_reached\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private final int limit;
    private final ListenerMeters meters;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimitHandler(int limit, ListenerMeters meters) {
        this.limit = limit;
        this.meters = meters;
    }

    int open() {
        return open.get();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (open.incrementAndGet() > limit) {
            meters.connectionRefused();
            ctx.channel().attr(REFUSED).set(true);
            ctx.channel().config().setAutoRead(false);
            ctx.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        meters.connectionOpened();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open.decrementAndGet();
        if (ctx.channel().attr(REFUSED).get() == null) {
            meters.connectionClosed();
            ctx.fireChannelInactive();
        }
    }
}
