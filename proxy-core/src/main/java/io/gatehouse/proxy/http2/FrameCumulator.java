// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Joins what is left of a frame with what was read behind it, at the least cost. Netty's own ({@code MERGE_CUMULATOR}) appends to the
 * one buffer, and drops what has been decoded only while nobody holds a slice of it: where frames pass as slices, and each read ends
 * within one, that buffer would hold all that a connection has ever carried.
 */
final class FrameCumulator implements ByteToMessageDecoder.Cumulator {
    static final FrameCumulator INSTANCE = new FrameCumulator();

    private FrameCumulator() {}

    /** Takes over both, and returns what has their bytes. */
    @Override
    public ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf left, ByteBuf read) {
        int bytes = left.readableBytes();
        int more = read.readableBytes();
        if (bytes == 0) {
            left.release();
            return read;
        }
        if (bytes <= more && bytes <= read.readerIndex() && read.refCnt() == 1 && !read.isReadOnly()) {
            int begin = read.readerIndex() - bytes;
            read.setBytes(begin, left, left.readerIndex(), bytes).readerIndex(begin);
            left.release();
            return read;
        }
        if (more <= left.writableBytes() && !left.isReadOnly()) {
            // Behind the slices that others may hold.
            left.writeBytes(read);
            read.release();
            return left;
        }
        // As much again, for frames that come in many small pieces.
        ByteBuf both = allocator.ioBuffer(2 * (bytes + more));
        both.writeBytes(left).writeBytes(read);
        left.release();
        read.release();
        return both;
    }
}
