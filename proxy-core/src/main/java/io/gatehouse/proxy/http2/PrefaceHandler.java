// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.net.ChannelEnds;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a connection, and tells whoever speaks HTTP/1.1 to a port for gRPC, whatever the method: nothing is served
 * over HTTP/1.1 here, and nothing of it is decoded or logged. HTTP/2 begins with a preface of its
 * own (RFC 9113 section 3.4), whose method no request has; whatever is neither, HTTP/2 itself refuses.
 */
public final class PrefaceHandler extends ChannelInboundHandlerAdapter {
    private final LoopContext loop;
    private final Supplier<ClientConnection> http2;
    private final Deadline deadline = new Deadline();
    private static final String PREFACE = "PRI ";

    /** Of HTTP (RFC 9110 section 9, RFC 5789), with the space behind. */
    private static final List<String> METHODS =
            List.of("GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ");

    private static final int LONGEST_METHOD = "OPTIONS ".length();
    private static final String SENTENCE =
            "This port speaks gRPC over HTTP/2. Use a sc:// URL with PySpark or another Spark Connect client.\n";
    private static final byte[] ANSWER = ("HTTP/1.1 415 Unsupported Media Type\r\nConnection: close\r\n"
                    + "Proxy-Status: gatehouse; error=http_request_denied\r\n"
                    + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + SENTENCE.length()
                    + "\r\n\r\n" + SENTENCE)
            .getBytes(StandardCharsets.US_ASCII);

    private @Nullable ChannelHandlerContext held;
    private long openedNanos;
    private boolean refused;

    /** {@code http2}: makes the handler that takes over, which says something as soon as it is there. */
    public PrefaceHandler(LoopContext loop, Supplier<ClientConnection> http2) {
        this.loop = loop;
        this.http2 = http2;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        held = ctx;
        openedNanos = loop.nanoTime();
        loop.deadlines().add(deadline);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // Nobody behind has heard that there was a connection.
        loop.deadlines().remove(deadline);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.deadlines().remove(deadline);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (refused) {
            ReferenceCountUtil.release(msg);
            return;
        }
        ByteBuf in = (ByteBuf) msg;
        if (!in.isReadable()) {
            in.release();
            return;
        }
        if (isHttp1(in)) {
            refused = true;
            in.release();
            ChannelEnds.answerAndLinger(ctx, Unpooled.wrappedBuffer(ANSWER));
        } else {
            // Not before: it begins with settings of ours, which would spoil an answer of HTTP/1.1.
            ctx.pipeline()
                    .addAfter(ctx.name(), HandlerNames.SMALL_WRITES, new SmallWrites())
                    .addAfter(HandlerNames.SMALL_WRITES, HandlerNames.H2, http2.get());
            ctx.fireChannelActive();
            ctx.fireChannelRead(msg);
            ctx.pipeline().remove(this);
        }
    }

    /** Closes a connection on which nothing comes. */
    private final class Deadline extends DeadlineScanner.Watched {
        @Override
        protected void onTick(long nowNanos) {
            long patience = loop.environment().settings().downstream().head().toNanos();
            if (held != null && nowNanos - openedNanos > patience) {
                held.close();
            }
        }
    }

    /** Whether it begins as one of the methods, as far as it has come, and not as the preface. */
    private static boolean isHttp1(ByteBuf in) {
        int length = Math.min(in.readableBytes(), LONGEST_METHOD);
        String begin = in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII);
        return !PREFACE.startsWith(begin)
                && METHODS.stream().anyMatch(method -> begin.startsWith(method) || method.startsWith(begin));
    }
}
