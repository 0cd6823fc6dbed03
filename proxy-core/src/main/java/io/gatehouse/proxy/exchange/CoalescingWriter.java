// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * Writes a head and the small body behind it as one buffer, so that a small message costs one system call. Large pieces
 * pass as they are.
 *
 * <p><b>Ownership.</b> {@link #write} owns what it is given. {@link #discard} releases what was not written.
 */
final class CoalescingWriter {
    /** Up to this many bytes are cheaper copied than written apart. */
    static final int SMALL = 4096;

    private final ChannelHandlerContext ctx;
    private @Nullable ByteBuf open;
    private long written;

    CoalescingWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** A buffer for the next head; what is written afterwards follows it. Not the caller's to release. */
    ByteBuf begin(int capacity) {
        emit();
        ByteBuf buffer = ctx.alloc().ioBuffer(capacity);
        open = buffer;
        return buffer;
    }

    void write(ByteBuf data) {
        ByteBuf buffer = open;
        int size = data.readableBytes();
        if (size == 0) {
            data.release();
        } else if (buffer != null && size <= SMALL && size <= buffer.writableBytes()) {
            buffer.writeBytes(data);
            data.release();
        } else {
            emit();
            written += size;
            ctx.write(data, ctx.voidPromise());
        }
    }

    /** Writes and flushes what a pipe holds; the future tells when the pipe is empty again. */
    ChannelFuture write(FileRegion contents) {
        emit();
        written += contents.count();
        // As with void promises: a failed write is the handler's to see.
        return ctx.writeAndFlush(contents).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    /** Bytes handed to the channel so far. */
    long written() {
        return written;
    }

    void flush() {
        emit();
        ctx.flush();
    }

    /** Forgets what was begun and not written; the channel is gone. */
    void discard() {
        if (open != null) {
            open.release();
            open = null;
        }
    }

    private void emit() {
        if (open != null) {
            written += open.readableBytes();
            ctx.write(open, ctx.voidPromise());
            open = null;
        }
    }
}
