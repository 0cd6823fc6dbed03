// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Streams that have their answer while the request goes on. Their clients get a moment to end it, and errors of theirs are still seen;
 * then they are told that the rest is not wanted (RFC 9113 section 8.1). On the event loop only.
 */
final class AnsweredStreams extends Http2ConnectionAdapter {
    private static final long MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Since when, in the order of that. */
    private final Map<Http2Stream, Long> since = new LinkedHashMap<>();

    /** The answer is whole. */
    void add(Http2Stream stream, long nowNanos) {
        since.put(stream, nowNanos);
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        since.remove(stream);
    }

    /** Called at each beat: ends those whose moment is over. */
    void tick(long nowNanos, Consumer<Http2Stream> end) {
        while (!since.isEmpty()) {
            Iterator<Map.Entry<Http2Stream, Long>> eldest = since.entrySet().iterator();
            Map.Entry<Http2Stream, Long> next = eldest.next();
            if (nowNanos - next.getValue() < MOMENT_NANOS) {
                return;
            }
            Http2Stream stream = next.getKey();
            eldest.remove();
            end.accept(stream);
        }
    }
}
