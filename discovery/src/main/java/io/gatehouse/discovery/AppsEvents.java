// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.EventStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells one viewer of our list its present version, at the beginning and whenever it is another, and leaves it to the viewer to load
 * the list: whoever listens costs a comparison for each beat, and has no backlog.
 */
final class AppsEvents implements EventStream {
    /** For clients that leave it to {@code EventSource} when to come back. */
    private static final String RETRY = "retry: 3000\n\n";

    private final Supplier<@Nullable String> version;
    private final Executor beat;
    private boolean begun;
    private @Nullable String told;
    private volatile boolean closed;

    /**
     * @param version of the list as it is now, see {@link AppsVersions}; null while nobody knows, because a History Server is being
     *     asked for the first time
     * @param beat runs what it gets once, a moment later, on whatever thread
     */
    AppsEvents(Supplier<@Nullable String> version, Executor beat) {
        this.version = version;
        this.beat = beat;
    }

    @Override
    public void open(Runnable more) {
        again(more);
    }

    private void again(Runnable more) {
        beat.execute(() -> {
            if (!closed) {
                more.run();
                again(more);
            }
        });
    }

    @Override
    public void next(ByteBuf out) {
        if (!begun) {
            begun = true;
            ByteBufUtil.writeAscii(out, RETRY);
            return;
        }
        String now = version.get();
        if (now != null && !now.equals(told)) {
            told = now;
            ByteBufUtil.writeAscii(out, "data: " + now + "\n\n");
        }
    }

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }
}
