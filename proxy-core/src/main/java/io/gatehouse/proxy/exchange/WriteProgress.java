// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Notices, beat by beat, that a peer has stopped taking what we wrote. */
final class WriteProgress {
    private static final long UNSEEN = Long.MIN_VALUE;

    private long lastTaken = UNSEEN;
    private long lastProgressNanos;

    /** Whether everything that was written has left. */
    static boolean isFlushed(Channel channel) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        // What is spliced counts as a message without bytes.
        return outbound == null || (outbound.totalPendingWriteBytes() == 0 && outbound.isEmpty());
    }

    /** Forgets what was seen; another message begins, perhaps long after the last look. */
    void reset() {
        lastTaken = UNSEEN;
    }

    /**
     * Whether something is waiting and not a byte of it has left for {@code limitNanos}.
     *
     * @param written bytes written to the channel since it was opened: what waits may be as much as at the last look, and
     *     other bytes
     */
    boolean isStalled(Channel channel, long written, long nowNanos, long limitNanos) {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        boolean waiting = outbound != null && !isFlushed(channel);
        // A partial write shows in the progress of the first message before it shows in the total.
        long taken = waiting ? written - outbound.totalPendingWriteBytes() + outbound.currentProgress() : written;
        // Netty counts some bytes for each message that waits, so more of them look like less that was taken.
        boolean progress = !waiting || taken > lastTaken;
        lastTaken = waiting ? taken : UNSEEN;
        if (progress) {
            lastProgressNanos = nowNanos;
        }
        return nowNanos - lastProgressNanos > limitNanos;
    }
}
