// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What TLS reports of a connection to an upstream. Until the handshake is over, the handlers behind see neither the beginning nor the
 * end of the connection; afterwards they see the {@code SSLException} itself where TLS breaks, not Netty's wrapping.
 */
final class UpstreamTlsEvents extends ChannelInboundHandlerAdapter {
    private final Promise<Void> established;
    /** Where HTTP/2 must have been chosen. */
    private final @Nullable SslHandler http2;

    /** @param http2 the handler before this one where HTTP/2 is to be spoken; null where that is not asked for */
    UpstreamTlsEvents(Promise<Void> established, @Nullable SslHandler http2) {
        this.established = established;
        this.http2 = http2;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Comes once the handshake is over.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            ctx.fireUserEventTriggered(event);
        } else if (handshake.isSuccess() && !hasProtocol()) {
            established.tryFailure(new SSLHandshakeException("the server does not choose HTTP/2 (ALPN h2)"));
            ctx.close();
        } else if (handshake.isSuccess()) {
            ctx.fireChannelActive();
            established.trySuccess(null);
        } else {
            established.tryFailure(handshake.cause());
            ctx.close();
        }
    }

    private boolean hasProtocol() {
        return http2 == null || ApplicationProtocolNames.HTTP_2.equals(http2.applicationProtocol());
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
