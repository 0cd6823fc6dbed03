// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every connection of one event loop at a steady beat. Setting a deadline is then a field write, and an exchange
 * needs no timer of its own; the price is that a deadline strikes up to one beat late.
 *
 * <p>Only the event loop touches it.
 */
public final class DeadlineScanner {
    private static final Logger LOG = LoggerFactory.getLogger(DeadlineScanner.class);

    /** Something with deadlines. Extend it; the scanner keeps its place in the table here. */
    public abstract static class Watched {
        private int index = -1;

        /** Called at each beat. May remove itself or others. */
        protected abstract void onTick(long nowNanos);
    }

    private @Nullable Watched[] table = new Watched[16];
    private int size;

    /** Starts watching. Adding twice is a defect. */
    public void add(Watched watched) {
        if (watched.index >= 0) {
            throw new IllegalStateException("already watched");
        }
        if (size == table.length) {
            table = Arrays.copyOf(table, size * 2);
        }
        watched.index = size;
        table[size++] = watched;
    }

    /** Stops watching; does nothing where it is not watched. */
    public void remove(Watched watched) {
        int index = watched.index;
        if (index < 0) {
            return;
        }
        Watched last = table[--size];
        table[size] = null;
        if (last != null && last.index != index) {
            table[index] = last;
            last.index = index;
        }
        watched.index = -1;
        if (table.length > 64 && size < table.length / 4) {
            table = Arrays.copyOf(table, table.length / 2);
        }
    }

    /** How many are watched. */
    public int size() {
        return size;
    }

    /** One beat. Called by the owner of the event loop. */
    public void tick(long nowNanos) {
        // Downwards: whoever removes itself is replaced by one that has been seen already.
        for (int i = size - 1; i >= 0; i--) {
            Watched watched = i < size ? table[i] : null;
            if (watched != null) {
                try {
                    watched.onTick(nowNanos);
                } catch (Throwable defect) {
                    // One connection's defect, be it that memory ran out, must not cost the others their deadlines.
                    LOG.atError().setCause(defect).log("a deadline failed to strike");
                }
            }
        }
    }
}
