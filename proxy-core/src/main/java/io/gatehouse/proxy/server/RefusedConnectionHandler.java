// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.net.ChannelEnds;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Answers a connection beyond the listener's cap with a 503 and {@code Retry-After}, whatever it sends, and keeps its
 * events from the handlers behind.
 */
final class RefusedConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final byte[] TOO_MANY =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                            + "Proxy-Status: gatehouse; error=connection_limit_reached\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    /** In the middle of {@code channelActive}. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ChannelEnds.answerAndLinger(ctx, Unpooled.wrappedBuffer(TOO_MANY));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind has seen this connection.
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // Nobody behind has seen this connection.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // Nobody behind has seen this connection.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
