// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import java.time.Duration;
import java.util.function.Supplier;

/** Memory of which a test says how much is in use and how much of that lives; with a clock beside it. */
final class FakeMemory implements MemoryReadings {
    volatile int used;
    volatile int live;
    volatile int direct;
    boolean failing;
    boolean broken;
    boolean collectionIsInVain;
    Duration collectionTakes = Duration.ofMillis(10);
    int asked;
    long now = Long.MAX_VALUE - 1_000_000_000L;
    private volatile Collection last = Collection.NONE;

    void holds(int percentUsed, int percentLive) {
        used = percentUsed;
        live = percentLive;
    }

    <T> T holds(int percentUsed, int percentLive, Supplier<T> then) {
        holds(percentUsed, percentLive);
        return then.get();
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    /** The VM has collected. */
    void collected() {
        last = new Collection(last.number() + 1, live);
    }

    @Override
    public int heapPercent() {
        if (broken) {
            throw new NoClassDefFoundError("as after a lack of memory while a class was loaded");
        }
        if (failing) {
            throw new IllegalStateException("no reading");
        }
        return used;
    }

    @Override
    public Collection lastCollection() {
        return last;
    }

    @Override
    public void collect() {
        asked++;
        pass(collectionTakes);
        if (!collectionIsInVain) {
            collected();
        }
    }

    @Override
    public int directPercent() {
        return direct;
    }
}
