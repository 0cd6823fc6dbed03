// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.netty.buffer.ByteBuf;

/**
 * Whether a client goes on with a message that it has begun, measured as a body of HTTP/1.1 is. Between messages it may rest, and what
 * waits for the server is not the client's fault. One for each call whose request comes in more than one piece; on the event loop only.
 */
final class RequestPace {
    private final MessageBoundary boundary = new MessageBoundary();

    /** Whether a message has ended, or one begun, since somebody looked. */
    private boolean anew = true;

    private long bytes;
    private long sinceNanos;

    /** The next bytes of the request, as they came; they stay the caller's. */
    void add(ByteBuf data) {
        bytes += data.readableBytes();
        anew |= boundary.advance(data) >= 0;
    }

    /**
     * Called at each beat: whether less has come in a window of {@code bodyStall} than has to. A window begins with the first beat of a
     * message, so no message has less than a whole one.
     *
     * @param owed whether the client waits for credit of ours
     */
    boolean isTooSlow(long nowNanos, boolean owed, DownstreamTimeouts timeouts) {
        if (!anew && !owed && !boundary.isAtEnd()) {
            if (nowNanos - sinceNanos < timeouts.bodyStall().toNanos()) {
                return false;
            }
            if (bytes < timeouts.leastInStall()) {
                return true;
            }
        }
        anew = false;
        bytes = 0;
        sinceNanos = nowNanos;
        return false;
    }
}
