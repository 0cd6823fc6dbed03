// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * The ends of a connection that {@code Channel.close} does not have: it would say a proper good-bye in TLS, whatever was sent
 * before.
 */
public final class ChannelEnds {
    private ChannelEnds() {}

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

    /** Ends our side alone, behind all that was written and flushed; with TLS, close_notify comes first. */
    public static void halfClose(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener((ChannelFutureListener) sent -> channel.shutdownOutput());
        }
    }
}
