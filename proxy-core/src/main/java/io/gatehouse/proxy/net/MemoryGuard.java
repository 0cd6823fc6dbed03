// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.gatehouse.proxy.net.MemoryPressure.Level;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the memory twice a second, on a thread of its own, and sets the {@link MemoryPressure}.
 *
 * <p><b>What counts.</b> Of the heap, what a full collection leaves. What is in use between two collections includes
 * garbage, and in a healthy VM it comes close to the maximum again and again; but it is never less than what is live. So:
 *
 * <ul>
 *   <li>in use below a threshold: no pressure, without a further question;
 *   <li>above: the level is that of the last full collection, if there was one since the last look, be it the VM's own;
 *   <li>otherwise one is asked for, unless the last one that was asked for is too recent: then the level stays as it is.
 * </ul>
 *
 * <p>Direct memory has no garbage: buffers are counted.
 *
 * <p><b>Cost.</b> A look reads a few counters. A collection that is asked for stops a VM with the serial collector, for a
 * tenth of a second or two with the distribution's heap of 128 MiB. The next is asked for {@value #SHARE} times as long
 * after it, and two seconds at least, so all of them together take no more than a fiftieth of the time, and only while
 * the heap is nearly full, where the VM would have had to collect soon itself.
 */
public final class MemoryGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final long LEAST_BETWEEN_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int SHARE = 50;

    private final MemoryReadings readings;
    private final MemoryPressure pressure;
    private final Supplier<OverloadThresholds> thresholds;
    private final LongSupplier ticker;
    private Level heap = Level.NONE;
    private Level direct = Level.NONE;
    private long collectionSeen;
    private boolean asked;
    private long askAgainNanos;
    private volatile boolean closed;

    /**
     * @param thresholds asked anew at each look
     * @param ticker the monotonic clock, in nanoseconds
     */
    public MemoryGuard(
            MemoryReadings readings,
            MemoryPressure pressure,
            Supplier<OverloadThresholds> thresholds,
            LongSupplier ticker) {
        this.readings = readings;
        this.pressure = pressure;
        this.thresholds = thresholds;
        this.ticker = ticker;
    }

    /** Begins to look. */
    public MemoryGuard start() {
        Thread.ofPlatform().daemon().name("memory-guard").start(this::watch);
        return this;
    }

    private void watch() {
        try {
            while (!closed) {
                look();
                Thread.sleep(PERIOD);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look. Errors do not end the watch: short of memory is when they are likely. */
    void look() {
        try {
            OverloadThresholds limits = thresholds.get();
            heap = heapLevel(limits);
            direct = limits.next(direct, readings.directPercent());
            change(heap.compareTo(direct) > 0 ? heap : direct);
        } catch (RuntimeException | Error failure) {
            LOG.atError().setCause(failure).log("the memory could not be looked at");
        }
    }

    private Level heapLevel(OverloadThresholds limits) {
        // At each look, so that what was left long ago is not taken for news later.
        boolean collected = isNewCollection();
        Level atMost = limits.next(heap, readings.heapPercent());
        if (atMost == Level.NONE) {
            return Level.NONE;
        }
        if (!collected && mayAsk()) {
            ask();
            // A VM may tell of it only later; then the next look knows.
            collected = isNewCollection();
        }
        if (collected) {
            return limits.next(heap, readings.lastCollection().livePercent());
        }
        // No news of what lives, but it is not more than what is in use.
        return heap.compareTo(atMost) < 0 ? heap : atMost;
    }

    private boolean isNewCollection() {
        long number = readings.lastCollection().number();
        boolean isNew = number != collectionSeen;
        collectionSeen = number;
        return isNew;
    }

    private boolean mayAsk() {
        return !asked || ticker.getAsLong() - askAgainNanos >= 0;
    }

    private void ask() {
        long before = ticker.getAsLong();
        readings.collect();
        long after = ticker.getAsLong();
        asked = true;
        askAgainNanos = after + Math.max(LEAST_BETWEEN_NANOS, SHARE * (after - before));
    }

    private void change(Level level) {
        Level before = pressure.level();
        if (before == level) {
            return;
        }
        pressure.set(level);
        LOG.atLevel(level == Level.NONE ? org.slf4j.event.Level.INFO : org.slf4j.event.Level.WARN)
                .addKeyValue("level", level)
                .addKeyValue("heap_live_percent", readings.lastCollection().livePercent())
                .addKeyValue("heap_used_percent", readings.heapPercent())
                .addKeyValue("direct_percent", readings.directPercent())
                .log(words(level));
    }

    private static String words(Level level) {
        return switch (level) {
            case NONE -> "there is enough memory again";
            case DRAIN -> "memory is short: connections are ended after their response";
            case REFUSE -> "memory is exhausted: new requests are refused";
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
