// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Notices, beat by beat, that a peer has stopped taking what we wrote. */
final class WriteProgress {
    private long lastPending;
    private long lastProgressNanos;

    /** Whether everything that was written has left. */
    static boolean isFlushed(Channel channel) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null || outbound.totalPendingWriteBytes() == 0;
    }

    /** Forgets what was seen; another message begins. */
    void reset() {
        lastPending = 0;
    }

    /** Whether bytes are waiting and none has left for {@code limitNanos}. */
    boolean isStalled(Channel channel, long nowNanos, long limitNanos) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        // A partial write shows in the progress of the first entry before it shows in the total.
        long pending = outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
        if (pending == 0 || pending != lastPending) {
            lastPending = pending;
            lastProgressNanos = nowNanos;
            return false;
        }
        return nowNanos - lastProgressNanos > limitNanos;
    }
}
