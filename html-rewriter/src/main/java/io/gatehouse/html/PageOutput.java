// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/**
 * Passes a page on: what is not replaced as slices of the buffers it came in. Knows positions of the scanners' window, and which byte of
 * the present buffer each stands for; those of a value that began in an earlier buffer are copied out of the window.
 *
 * <p><b>Ownership.</b> Owns the present buffer from {@link #begin} to {@link #end}; the consumer owns what it gets.
 */
final class PageOutput {
    /** Of the buffer that came last. */
    private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;

    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private Consumer<ByteBuf> out = buffer -> {};
    private byte[] window = {};
    /** A position of the window and this make one of the buffer; below zero for what came in an earlier one. */
    private int shift;
    /** The position of the buffer before which everything has been passed on or replaced. */
    private int passed;

    /** @param carried bytes of earlier buffers that the window begins with */
    void begin(ByteBuf buffer, int carried, Consumer<ByteBuf> consumer) {
        in = buffer;
        allocator = buffer.alloc();
        out = consumer;
        passed = -carried;
    }

    /** The window shows other bytes from now on. */
    void window(byte[] bytes, int newShift) {
        window = bytes;
        shift = newShift;
    }

    /** Everything before {@code to} that has not been passed on is what came. */
    void passHeld(int to) {
        if (passed < 0) {
            pass(Math.min(to + shift, 0));
        }
    }

    /** Puts {@code by} in the place of {@code [from, to)} of the window; what is before is passed on. */
    void replace(int from, int to, byte[] by) {
        pass(from + shift);
        if (by.length > 0) {
            out.accept(Unpooled.wrappedBuffer(by));
        }
        passed = to + shift;
    }

    /** The present buffer is done with, up to {@code to} of the window; what is behind that, is kept by the window. */
    void end(int to) {
        ByteBuf buffer = in;
        in = Unpooled.EMPTY_BUFFER;
        if (passed == 0 && to + shift == buffer.readableBytes()) {
            out.accept(buffer);
            return;
        }
        in = buffer;
        pass(to + shift);
        in = Unpooled.EMPTY_BUFFER;
        buffer.release();
    }

    /** The page is over: what the window had kept. */
    void finish(int carried, Consumer<ByteBuf> consumer) {
        if (carried > 0) {
            consumer.accept(copy(0, carried));
        }
    }

    private void pass(int to) {
        if (passed < 0 && passed < to) {
            int held = Math.min(to, 0);
            out.accept(copy(passed - shift, held - shift));
            passed = held;
        }
        if (passed < to) {
            out.accept(in.retainedSlice(in.readerIndex() + passed, to - passed));
            passed = to;
        }
    }

    private ByteBuf copy(int from, int to) {
        return allocator.buffer(to - from).writeBytes(window, from, to - from);
    }
}
