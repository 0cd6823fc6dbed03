// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Data that has to wait. It comes as a piece of all that one read has brought, of many streams, and would keep the whole of that: so a
 * small piece gets memory of its own.
 */
final class HeldData {
    /** A piece that is less than that part of its buffer is small: so data that waits keeps at most that many times its length. */
    private static final int PART = 2;

    private HeldData() {}

    /** Takes over the data, and returns what shall wait in its place. */
    static ByteBuf of(ByteBuf data, ByteBufAllocator allocator) {
        int bytes = data.readableBytes();
        if (bytes == 0 || bytes * PART >= memory(data)) {
            return data;
        }
        try {
            return allocator.ioBuffer(bytes).writeBytes(data, data.readerIndex(), bytes);
        } finally {
            data.release();
        }
    }

    private static int memory(ByteBuf data) {
        ByteBuf all = data;
        for (ByteBuf inner = all.unwrap(); inner != null; inner = inner.unwrap()) {
            all = inner;
        }
        return all.capacity();
    }
}
