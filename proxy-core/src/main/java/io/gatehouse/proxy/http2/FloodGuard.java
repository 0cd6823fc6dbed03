// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import java.util.concurrent.TimeUnit;

/**
 * Counts the frames by which a client makes work without asking for anything: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, RST_STREAM,
 * DATA in crumbs and unknown ones. A window has a fixed allowance, and each call and each frame of data, either way, adds to it: many
 * clients behind one connection may cancel a lot, and nobody may do nothing else.
 */
final class FloodGuard {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** For a connection that does nothing else; gRPC's probes of the bandwidth are ten PINGs in a second. */
    private static final int ALLOWANCE = 500;

    /** A call comes with its reset, a priority, window updates and probes. */
    private static final int PER_CALL = 8;

    private static final int PER_DATA = 4;

    /** Data of fewer bytes, with more to come, is work and no more. */
    static final int CRUMB = 64;

    /** Of calls that their client resets, or provokes us to: whatever it asked for, it did not want it. */
    private static final int RESETS = 80;

    private long windowStart;
    private int spent;
    private int earned;
    private int resets;
    private int calls;

    FloodGuard(long nowNanos) {
        windowStart = nowNanos;
    }

    /** A call has begun. */
    void call() {
        calls++;
        earned += PER_CALL;
    }

    /** A frame with data came in or went out. */
    void data() {
        earned += PER_DATA;
    }

    /** A frame that asks for nothing; returns whether it is one too many. */
    boolean idle(long nowNanos) {
        turn(nowNanos);
        return ++spent > ALLOWANCE + earned;
    }

    /**
     * A call was reset by its client, or by its client's fault. One that had run for a while was wanted, and may be cancelled together with
     * all others.
     *
     * @param begunNanos when the call began
     * @return whether it is one too many: more than half of the calls, where there are many
     */
    boolean reset(long nowNanos, long begunNanos) {
        boolean flood = idle(nowNanos);
        if (begunNanos - windowStart < 0) {
            return flood;
        }
        resets++;
        return flood || (resets > RESETS && resets > calls / 2);
    }

    private void turn(long nowNanos) {
        if (nowNanos - windowStart > WINDOW_NANOS) {
            windowStart = nowNanos;
            spent = 0;
            earned = 0;
            resets = 0;
            calls = 0;
        }
    }
}
