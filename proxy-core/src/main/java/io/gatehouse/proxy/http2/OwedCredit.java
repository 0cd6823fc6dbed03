// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one side of a call for which it has no credit yet: it may send as many anew as soon as nothing of them waits for the other
 * side any more. One for each way; on the event loop only.
 */
final class OwedCredit implements Http2Peer.Sender {
    private final IntConsumer source;
    private int owed;
    /** Since when something is. */
    private long sinceNanos;
    /** Where it waits; null while nobody has been asked to tell. */
    private @Nullable Http2Stream target;

    /** {@code source}: lets the side that the bytes come from send that many more. */
    OwedCredit(IntConsumer source) {
        this.source = source;
    }

    /** So many bytes have come. */
    void add(int bytes, long nowNanos) {
        if (owed == 0) {
            sinceNanos = nowNanos;
        }
        owed += bytes;
    }

    /** Whether somebody waits for credit. */
    boolean isOwed() {
        return owed > 0;
    }

    /** For how long somebody has been waiting for credit; 0 where nobody is. */
    long waitingNanos(long nowNanos) {
        return owed == 0 ? 0 : nowNanos - sinceNanos;
    }

    /** Gives it back once all that was written to that stream of the peer is out. */
    void giveBackOnceSent(Http2Peer peer, Http2Stream stream) {
        if (target == null) {
            target = stream;
            peer.onceSent(this);
        }
    }

    /** Gives it back now: the bytes are gone, or of no use. */
    void giveBack() {
        int bytes = owed;
        owed = 0;
        if (bytes > 0) {
            source.accept(bytes);
        }
    }

    @Override
    public Http2Stream target() {
        return Objects.requireNonNull(target);
    }

    @Override
    public void onSent() {
        target = null;
        giveBack();
    }
}
