// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a server says on a connection that it does not want, without a codec: its preface, and that it is over. */
public final class LastFrames {
    private static final int FRAME_HEADER = 9;
    private static final int GO_AWAY = 8;

    private LastFrames() {}

    /**
     * SETTINGS without any, as a server's preface (RFC 9113 section 3.4), and a GOAWAY (section 6.8) that has done nothing: whatever the
     * client has begun, it may begin elsewhere.
     *
     * @param reason for whoever reads the client's log; ASCII
     */
    public static byte[] of(Http2Error error, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(2 * FRAME_HEADER + GO_AWAY + text.length);
        header(out, 0, Http2FrameTypes.SETTINGS);
        header(out, GO_AWAY + text.length, Http2FrameTypes.GO_AWAY);
        out.putInt(0).putInt((int) error.code()).put(text);
        return out.array();
    }

    /** Of a frame of the connection, without flags (section 4.1). */
    private static void header(ByteBuffer out, int length, byte type) {
        out.put((byte) (length >> 16))
                .putShort((short) length)
                .put(type)
                .put((byte) 0)
                .putInt(0);
    }
}
