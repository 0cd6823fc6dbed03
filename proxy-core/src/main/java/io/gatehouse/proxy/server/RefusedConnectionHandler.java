// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.http2.LastFrames;
import io.gatehouse.proxy.net.ChannelEnds;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Ends a connection beyond the listener's cap, whatever it sends, and keeps its events from the handlers behind. Its client is told so in
 * the protocol that it expects, where that costs nothing: see {@link Farewell}.
 */
final class RefusedConnectionHandler extends ChannelInboundHandlerAdapter {
    /** The last word to a client, before it has said its first. */
    enum Farewell {
        /** A 503 and {@code Retry-After}. */
        HTTP1(("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
                        + "Proxy-Status: gatehouse; error=connection_limit_reached\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)),
        /** A server's preface, which are SETTINGS (RFC 9113 section 3.4), and a GOAWAY: nothing of it was done. */
        HTTP2(LastFrames.of(Http2Error.ENHANCE_YOUR_CALM, "too many connections")),
        /** Nothing: a handshake is what the cap saves us, and before it there is no way to say anything. */
        TLS(new byte[0]);

        @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
        private final byte[] bytes;

        Farewell(byte[] bytes) {
            this.bytes = bytes;
        }

        /** What clients of that listener understand. */
        static Farewell of(ListenerSpec spec) {
            if (spec.tls() != null) {
                return TLS;
            }
            return switch (spec.service()) {
                case Service.Http _ -> HTTP1;
                case Service.Grpc _ -> HTTP2;
            };
        }
    }

    private final Farewell farewell;

    RefusedConnectionHandler(Farewell farewell) {
        this.farewell = farewell;
    }

    /** In the middle of {@code channelActive}. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ChannelEnds.answerAndLinger(ctx, Unpooled.wrappedBuffer(farewell.bytes));
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
