// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;

/**
 * Finds the ends of gRPC messages in a stream of bytes: each has five bytes before it, of which the last four are its length
 * (grpc/doc/PROTOCOL-HTTP2.md).
 */
final class MessageBoundary {
    private static final int PREFIX = 5;

    private int prefixBytes;
    private long length;
    private long remaining;

    /** Whether the bytes so far end with a whole message, or there were none. */
    boolean isAtEnd() {
        return prefixBytes == 0;
    }

    /**
     * Looks at the next bytes.
     *
     * @return how many of them are whole messages and the end of one that began before: where the stream may be cut; -1 where that
     *     is nowhere among them
     */
    int advance(ByteBuf bytes) {
        int last = isAtEnd() ? 0 : -1;
        int start = bytes.readerIndex();
        int end = bytes.writerIndex();
        int i = start;
        while (i < end) {
            if (prefixBytes < PREFIX) {
                length = prefixBytes == 0 ? 0 : (length << 8) | (bytes.getByte(i) & 0xff);
                i++;
                if (++prefixBytes == PREFIX) {
                    remaining = length;
                }
            } else {
                int part = (int) Math.min(remaining, end - i);
                remaining -= part;
                i += part;
            }
            if (prefixBytes == PREFIX && remaining == 0) {
                prefixBytes = 0;
                last = i - start;
            }
        }
        return last;
    }
}
