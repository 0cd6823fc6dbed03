// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLHandshakeException;

/**
 * What TLS reports of a connection to an upstream. Until the handshake is over, the handlers behind see neither the beginning nor the
 * end of the connection; afterwards they see the {@code SSLException} itself where TLS breaks, not Netty's wrapping.
 */
final class UpstreamTlsEvents extends ChannelInboundHandlerAdapter {
    private final Promise<Void> established;

    UpstreamTlsEvents(Promise<Void> established) {
        this.established = established;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Comes once the handshake is over.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            ctx.fireUserEventTriggered(event);
        } else if (handshake.isSuccess()) {
            ctx.fireChannelActive();
            established.trySuccess(null);
        } else {
            established.tryFailure(handshake.cause());
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = TlsFailures.unwrapped(cause);
        if (established.isSuccess()) {
            ctx.fireExceptionCaught(reason);
        } else {
            established.tryFailure(reason);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (established.isSuccess()) {
            ctx.fireChannelInactive();
        } else {
            established.tryFailure(new SSLHandshakeException("closed within the handshake"));
        }
    }
}
