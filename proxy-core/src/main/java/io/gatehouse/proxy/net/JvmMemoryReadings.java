// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * The memory of this Java VM: its heap by the beans of {@code java.lang.management}, what collections left by their
 * notifications, direct memory by Netty's pooled allocator.
 *
 * <p>A notification comes on a thread of the VM's shortly after each collection and holds the use of every pool after it.
 * Only full ones count: after others, garbage is left in the old generation.
 */
public final class JvmMemoryReadings implements MemoryReadings, AutoCloseable {
    private static final int PERCENT = 100;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final PooledByteBufAllocator allocator;
    private final Set<String> heapPools;
    private final NotificationListener listener = (notification, handback) -> collected(notification);
    private final List<NotificationEmitter> collectors = new ArrayList<>();
    private volatile Collection last = Collection.NONE;

    /** {@code allocator}: of all buffers of this process. */
    public JvmMemoryReadings(PooledByteBufAllocator allocator) {
        this.allocator = allocator;
        this.heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .collect(Collectors.toUnmodifiableSet());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(listener, null, null);
                collectors.add(emitter);
            }
        }
    }

    @Override
    public int heapPercent() {
        MemoryUsage heap = memory.getHeapMemoryUsage();
        return percent(heap.getUsed(), heap.getMax());
    }

    @Override
    public Collection lastCollection() {
        return last;
    }

    @Override
    public void collect() {
        memory.gc();
    }

    /** What is pinned, that is in use: the allocator keeps more, and would give it to the next who asks. */
    @Override
    public int directPercent() {
        return percent(allocator.pinnedDirectMemory(), PlatformDependent.maxDirectMemory());
    }

    private void collected(Notification notification) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)
                && notification.getUserData() instanceof CompositeData data) {
            GarbageCollectionNotificationInfo collection = GarbageCollectionNotificationInfo.from(data);
            if (isFull(collection)) {
                Map<String, MemoryUsage> after = collection.getGcInfo().getMemoryUsageAfterGc();
                long live = heapPools.stream()
                        .map(after::get)
                        .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                        .sum();
                last = new Collection(
                        last.number() + 1,
                        percent(live, memory.getHeapMemoryUsage().getMax()));
            }
        }
    }

    /** "Major" in collectors with generations that stop the world, a whole "cycle" in concurrent ones. */
    private static boolean isFull(GarbageCollectionNotificationInfo collection) {
        return collection.getGcAction().equals("end of major GC")
                || (collection.getGcAction().equals("end of GC cycle")
                        && !collection.getGcName().contains("Minor"));
    }

    /** 0 where there is no limit. */
    private static int percent(long used, long most) {
        return most > 0 ? (int) (PERCENT * used / most) : 0;
    }

    @Override
    public void close() {
        for (NotificationEmitter collector : collectors) {
            try {
                collector.removeNotificationListener(listener);
            } catch (ListenerNotFoundException gone) {
                throw new IllegalStateException("a listener of our own", gone);
            }
        }
    }
}
