// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

/**
 * Whether a server that says nothing is there: when it is asked by a PING, and when it is given up. One for each connection, on its event
 * loop only.
 *
 * <p><b>Not more than two.</b> A server of gRPC counts PINGs that come earlier than it likes (gRPC-java: five minutes apart, unless it was told
 * otherwise, which Spark before 4.3 does not), forgets them when it sends a header section or data on any stream, and ends the connection with
 * the third: GOAWAY, ENHANCE_YOUR_CALM, {@code too_many_pings}, and with it all calls. So there are two until it has sent something. One that
 * was not answered before that counts on, since the server may have got it after. A process that stops later says nothing, and is found by
 * checks; a machine that is gone, by TCP ({@link io.gatehouse.proxy.net.KeepAlive}).
 */
final class ServerPulse {
    private static final int MOST = 2;

    /** What to do about it now. */
    enum Finding {
        WELL,
        /** A PING is to be sent, and counts as sent. */
        ASK,
        DEAD
    }

    private final long silence;
    private final long silenceAndAnswer;
    private long heardNanos;
    /** Whether it has said nothing since it was asked. */
    private boolean asked;
    /** PINGs that the server may still count. */
    private int counted;
    /** Of those, the ones without an answer. */
    private int unanswered;

    ServerPulse(LinkLimits limits) {
        silence = limits.silence().toNanos();
        silenceAndAnswer = limits.silence().plus(limits.answer()).toNanos();
    }

    /** It is not waited for since before that moment. */
    void begin(long nowNanos) {
        heardNanos = nowNanos;
    }

    /** It has sent something. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        asked = false;
    }

    /** It has sent a header section or data. */
    void heardOnStream(long nowNanos) {
        heard(nowNanos);
        counted = unanswered;
    }

    /** It has answered a PING. */
    void pingAnswered(long nowNanos) {
        heard(nowNanos);
        unanswered = Math.max(0, unanswered - 1);
    }

    /** To be called at each beat while calls wait. */
    Finding find(long nowNanos) {
        long quiet = nowNanos - heardNanos;
        if (asked) {
            return quiet > silenceAndAnswer ? Finding.DEAD : Finding.WELL;
        }
        if (quiet <= silence || counted == MOST) {
            return Finding.WELL;
        }
        asked = true;
        counted++;
        unanswered++;
        return Finding.ASK;
    }
}
