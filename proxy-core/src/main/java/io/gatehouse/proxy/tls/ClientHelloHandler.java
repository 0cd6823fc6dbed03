// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.net.ChannelEnds;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the ClientHello of a client's connection, chooses the certificate by the server name in it, and gives its place to Netty's
 * {@link SslHandler}.
 *
 * <p><b>Limits.</b> A ClientHello has at most 16 KiB. Its deadline is that of the first request's head.
 *
 * <p>Plain HTTP gets a plain 400: whoever typed {@code http://} for {@code https://} learns it.
 */
final class ClientHelloHandler extends AbstractSniHandler<ServerCertificates> {
    private static final int MAX_CLIENT_HELLO = 16 << 10;
    private static final long NO_TIMEOUT = 0;
    private static final String SENTENCE = "This port speaks TLS. Use https://.\n";
    private static final byte[] PLAIN_HTTP = ("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
                    + "Content-Type: text/plain\r\nContent-Length: " + SENTENCE.length() + "\r\n\r\n" + SENTENCE)
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerTls tls;
    private boolean begun;
    private boolean refused;

    ClientHelloHandler(ServerTls tls) {
        super(MAX_CLIENT_HELLO, NO_TIMEOUT);
        this.tls = tls;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (!begun && msg instanceof ByteBuf in && in.isReadable()) {
            begun = true;
            byte first = in.getByte(in.readerIndex());
            // Methods begin with a capital; records of TLS with 20 to 23.
            refused = first >= 'A' && first <= 'Z';
            if (refused) {
                refusePlainHttp(ctx);
            }
        }
        if (refused) {
            ReferenceCountUtil.release(msg);
        } else {
            super.channelRead(ctx, msg);
        }
    }

    private static void refusePlainHttp(ChannelHandlerContext ctx) {
        ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(new NotSslRecordException("plain HTTP")));
        ChannelEnds.answerAndLinger(ctx, Unpooled.wrappedBuffer(PLAIN_HTTP));
    }

    /** Answers at once, so nothing can happen between this and {@link #onLookupComplete}. */
    @Override
    protected Future<ServerCertificates> lookup(ChannelHandlerContext ctx, @Nullable String serverName) {
        return ctx.executor().newSucceededFuture(tls.acquire());
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext ctx, @Nullable String serverName, Future<ServerCertificates> found) {
        ServerCertificates certificates = found.getNow();
        SslHandler handler = null;
        try {
            handler = certificates.choose(serverName).newHandler(ctx.alloc());
            handler.setHandshakeTimeoutMillis(NO_TIMEOUT);
            ctx.pipeline().replace(this, HandlerNames.TLS, handler);
            handler = null;
        } finally {
            certificates.release();
            if (handler != null) {
                // It was never in a pipeline, so nobody else ends its engine.
                ReferenceCountUtil.safeRelease(handler.engine());
            }
        }
    }
}
