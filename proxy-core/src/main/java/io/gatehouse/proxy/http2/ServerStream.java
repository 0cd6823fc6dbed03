// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/** A call's stream on the connection to a server. On the event loop only. */
final class ServerStream {
    private final ServerLink link;
    private final Http2Stream stream;
    private final AnswerListener listener;
    private boolean headSeen;
    private boolean over;

    ServerStream(ServerLink link, Http2Stream stream, AnswerListener listener) {
        this.link = link;
        this.stream = stream;
        this.listener = listener;
    }

    /** Sends data, which is taken over. */
    void write(ByteBuf data, boolean end) {
        link.writeData(stream, data, end);
    }

    /** Sends nothing more. */
    void writeEnd() {
        link.writeEnd(stream);
    }

    /** The connection that it is on. */
    ServerLink link() {
        return link;
    }

    /** The stream itself. */
    Http2Stream stream() {
        return stream;
    }

    /** Lets the server send that much more. */
    void consumed(int bytes) {
        link.consumed(stream, bytes);
    }

    /** Ends the stream; the listener hears nothing any more. */
    void cancel() {
        // A server may have ended it that does not want the rest of the request: our side is open still.
        if (!over || stream.state() == Http2Stream.State.OPEN) {
            over = true;
            link.reset(stream, Http2Error.CANCEL);
        }
    }

    AnswerListener listener() {
        return listener;
    }

    boolean isHeadSeen() {
        return headSeen;
    }

    void headSeen() {
        headSeen = true;
    }

    boolean isOver() {
        return over;
    }

    void over() {
        over = true;
    }
}
