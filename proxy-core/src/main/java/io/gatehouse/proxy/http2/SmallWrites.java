// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers small writes until the next flush. HTTP/2 writes the head of each frame, and each small message, by itself; and each
 * write costs a place in the channel's queue, a native vector and a release of its own. Between the codec and the socket, or TLS.
 *
 * <p><b>Buffers.</b> A small one is copied and released; its promise completes with what it was copied into. Large ones pass as they
 * are, behind what came before them.
 */
final class SmallWrites extends ChannelDuplexHandler {
    /** Above it, copying costs more than a write. */
    private static final int SMALL = 1 << 10;

    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int LARGEST_CAPACITY = 32 << 10;

    private @Nullable ByteBuf gathered;
    private List<ChannelPromise> promises = new ArrayList<>();

    @Override
    public void write(ChannelHandlerContext context, Object msg, ChannelPromise promise) {
        if (!(msg instanceof ByteBuf data) || !data.isReadable() || data.readableBytes() > SMALL) {
            pass(context);
            context.write(msg, promise);
            return;
        }
        if (gathered != null && gathered.maxWritableBytes() < data.readableBytes()) {
            pass(context);
        }
        try {
            if (gathered == null) {
                gathered = context.alloc().ioBuffer(FIRST_CAPACITY, LARGEST_CAPACITY);
            }
            gathered.writeBytes(data);
        } finally {
            data.release();
        }
        if (!promise.isVoid()) {
            promises.add(promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        pass(context);
        context.flush();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        pass(context);
        context.close(promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // Fails, and is released by that.
        pass(context);
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        pass(context);
    }

    private void pass(ChannelHandlerContext context) {
        ByteBuf out = gathered;
        if (out == null) {
            return;
        }
        gathered = null;
        List<ChannelPromise> waiting = promises;
        promises = new ArrayList<>(waiting.size());
        context.write(out).addListener(written -> complete(waiting, written));
    }

    private static void complete(List<ChannelPromise> waiting, Future<?> written) {
        Throwable failure = written.cause();
        for (int i = 0; i < waiting.size(); i++) {
            if (failure == null) {
                waiting.get(i).trySuccess();
            } else {
                waiting.get(i).tryFailure(failure);
            }
        }
    }
}
