// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.metrics.ListenerMeters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What TLS reports of a client's connection. A handshake that fails is the client's affair: counted, and logged at DEBUG. A
 * close_notify is the end, as the end of a TCP stream is without TLS.
 */
final class DownstreamTlsEvents extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DownstreamTlsEvents.class);

    private final ListenerMeters meters;

    DownstreamTlsEvents(ListenerMeters meters) {
        this.meters = meters;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            meters.tlsHandshakeFailed();
            LOG.atDebug()
                    .addKeyValue("channel", ctx.channel().id().asShortText())
                    .addKeyValue("reason", TlsFailures.reason(handshake.cause()))
                    .log("a client's TLS handshake failed");
        } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (TlsFailures.isTls(cause)) {
            LOG.atDebug()
                    .addKeyValue("channel", ctx.channel().id().asShortText())
                    .addKeyValue("reason", TlsFailures.reason(cause))
                    .log("closing a connection whose TLS is broken");
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
