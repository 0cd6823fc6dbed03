// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.EventStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells one viewer of our list that it has changed, and leaves it to the viewer to load it: whoever listens costs a comparison
 * of two snapshots for each beat, and has no backlog.
 */
final class AppsEvents implements EventStream {
    private static final String RETRY = "retry: 3000\n\n";
    private static final String CHANGED = "data: changed\n\n";

    /** What the list is made of; {@code now} makes zombies of those whose logs will not become whole any more. */
    record Present(AppDirectory directory, HistorySnapshot history, Instant now) {
        boolean looksLike(Present other) {
            return directory.hasSameApplications(other.directory)
                    && directory.finalising(now) == other.directory.finalising(other.now)
                    // One look, mostly: the rows are the same list until there are others.
                    && history.rows().equals(other.history.rows())
                    && history.current() == other.history.current();
        }
    }

    private final Supplier<Present> present;
    private final Executor beat;
    private boolean begun;
    private @Nullable Present told;
    private volatile boolean closed;

    /** {@code beat}: runs what it gets once, a moment later, on whatever thread. */
    AppsEvents(Supplier<Present> present, Executor beat) {
        this.present = present;
        this.beat = beat;
    }

    @Override
    public void open(Runnable more) {
        told = present.get();
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
        Present now = present.get();
        Present before = told;
        if (before == null || !now.looksLike(before)) {
            told = now;
            ByteBufUtil.writeAscii(out, CHANGED);
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
