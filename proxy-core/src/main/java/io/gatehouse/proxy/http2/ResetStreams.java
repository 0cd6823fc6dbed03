// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The streams of a connection that we have reset last. What still comes on them was under way, and is passed over; on every other
 * closed stream it is an error of the connection (RFC 9113 section 5.1, <i>closed</i>), which may let only so much be forgiven. On the
 * event loop only.
 */
final class ResetStreams extends Http2ConnectionAdapter {
    /** Streams that a client can have had under way when it hears of the first reset, twice over. */
    private static final int REMEMBERED = 512;

    private final Set<Integer> ids = new LinkedHashSet<>();

    /** Called by the connection, after the reset has been written. */
    @Override
    public void onStreamClosed(Http2Stream stream) {
        if (stream.isResetSent()) {
            ids.add(stream.id());
            if (ids.size() > REMEMBERED) {
                ids.remove(ids.iterator().next());
            }
        }
    }

    /** Whether it was we who ended it. */
    boolean contains(int id) {
        return ids.contains(id);
    }
}
