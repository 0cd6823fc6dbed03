// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * The ends of a connection that {@code Channel.close} does not have: it would say a proper good-bye in TLS, whatever was sent
 * before.
 */
public final class ChannelEnds {
    private static final long LINGER_MILLIS = 1_000;

    private ChannelEnds() {}

    /**
     * Sends a last answer to a client whose bytes nobody will read, and closes only our side at first: closing with bytes unread would
     * reset the connection and take the answer from the client (RFC 9112 section 9.6). The caller drops what still comes.
     *
     * @param ctx of the handler that answers; the answer goes out from there
     */
    public static void answerAndLinger(ChannelHandlerContext ctx, ByteBuf answer) {
        ctx.writeAndFlush(answer).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                written.channel().close();
            }
        });
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Closes at once, below TLS and so without close_notify: what was sent before is cut, and the peer must see that (RFC 8446
     * section 6.1).
     */
    public static void cut(Channel channel) {
        ChannelHandlerContext lowest = channel.pipeline().firstContext();
        if (lowest == null) {
            channel.close();
        } else {
            lowest.close();
        }
    }

    /**
     * Ends our side alone, behind all that was written and flushed; with TLS, close_notify comes first. What the peer still sends is
     * dropped from now on, below TLS: an engine that has said good-bye may take more data for the peer's good-bye.
     *
     * @param onDropped called on the event loop for each read that was dropped
     */
    public static void halfClose(DuplexChannel channel, Runnable onDropped) {
        channel.pipeline().addFirst(new DroppedReads(onDropped));
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener((ChannelFutureListener) sent -> channel.shutdownOutput());
        }
    }
}
