// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Finds out whether a client is in the middle of a header section. Nothing else may come on its connection before that is whole (RFC
 * 9113 section 6.10), and the codec tells of it only then; so this follows the frames' own heads. On the event loop only.
 */
final class HeaderSections {
    private static final int HEAD = 9;
    private static final int TYPE_AT = 3;
    private static final int FLAGS_AT = 4;
    private static final int END_HEADERS = 4;

    private final byte[] head = new byte[HEAD];
    private int headBytes;
    /** Bytes of the frame, or of the preface, that are still to come. */
    private int left = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
    /** Whether the section goes on behind the present frame. */
    private boolean continued;
    /** Whether the present frame is a piece of one. */
    private boolean section;
    /** When the last one began. */
    private long sinceNanos;

    /** Bytes have come in. Reads them without taking them. */
    void read(ByteBuf in, long nowNanos) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end) {
            if (left > 0) {
                int step = Math.min(left, end - at);
                left -= step;
                at += step;
            } else {
                head[headBytes++] = in.getByte(at++);
                if (headBytes == HEAD) {
                    headBytes = 0;
                    begin(nowNanos);
                }
            }
        }
    }

    private void begin(long nowNanos) {
        left = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        if (head[TYPE_AT] == Http2FrameTypes.HEADERS) {
            sinceNanos = nowNanos;
        }
        section = head[TYPE_AT] == Http2FrameTypes.HEADERS || head[TYPE_AT] == Http2FrameTypes.CONTINUATION;
        continued = section && (head[FLAGS_AT] & END_HEADERS) == 0;
    }

    /** Whether the rest of one has been awaited for longer than that. */
    boolean isOverdue(long nowNanos, long patienceNanos) {
        return (continued || (section && left > 0)) && nowNanos - sinceNanos > patienceNanos;
    }
}
