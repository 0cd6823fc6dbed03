// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.grpc.CallInspector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * What has come of a call's request and has not gone on to a server yet, and how much of it the inspector has seen. On the event loop of
 * its connection only.
 *
 * <p><b>Buffers.</b> It owns its pieces until they are taken or released: at most a stream's window of them, for which the client has got
 * no credit.
 */
final class HeldRequest {
    private final List<ByteBuf> pieces = new ArrayList<>(2);
    private int taken;
    private int shown;
    private boolean ended;
    private boolean endShown;

    /** A piece has come, which is taken over. */
    void add(ByteBuf piece) {
        pieces.add(piece);
    }

    /** The client has said its last. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** The piece that came last has to wait: it is kept in no more memory than it needs. */
    void settle(ByteBufAllocator allocator) {
        if (!isEmpty()) {
            pieces.add(HeldData.of(pieces.removeLast(), allocator));
        }
    }

    /** Whether there are pieces that the inspector has not seen. */
    boolean hasUnseen() {
        return shown < pieces.size();
    }

    /** Whether the inspector has not heard of the end, where there is one. */
    boolean hasUnseenEnd() {
        return ended && !endShown;
    }

    /** Shows the inspector the next piece; where there is none, the end. */
    CallInspector.Decision showTo(CallInspector inspector) {
        ByteBuf next = hasUnseen() ? pieces.get(shown++) : Unpooled.EMPTY_BUFFER;
        endShown = ended && !hasUnseen();
        return inspector.inspect(next, endShown);
    }

    /** Whether there is nothing to be taken. */
    boolean isEmpty() {
        return taken == pieces.size();
    }

    /** The next piece, for its new owner. */
    ByteBuf take() {
        return pieces.set(taken++, Unpooled.EMPTY_BUFFER);
    }

    /** Lets go of what has not been taken. */
    void release() {
        while (!isEmpty()) {
            take().release();
        }
    }
}
