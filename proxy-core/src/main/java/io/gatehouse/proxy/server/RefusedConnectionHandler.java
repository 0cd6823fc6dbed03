// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Answers a connection beyond the listener's cap with a 503 and {@code Retry-After}, whatever it sends, and keeps its
 * events from the handlers behind.
 *
 * <p><b>Closing.</b> Only our side at first: closing with the request unread would reset the connection and take the
 * answer from the client (RFC 9112 section 9.6).
 */
final class RefusedConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final long LINGER_MILLIS = 1_000;
    private static final byte[] TOO_MANY =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                            + "Proxy-Status: gatehouse; error=connection_limit_reached\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);

    /** In the middle of {@code channelActive}. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY)).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                written.channel().close();
            }
        });
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
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
