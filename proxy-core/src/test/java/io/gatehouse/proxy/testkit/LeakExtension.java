// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a buffer was collected as garbage without having been released. Found by JUnit by itself.
 *
 * <p>The detector learns of a leak from the garbage collector, and reports it when the next buffer is made: so the end of a
 * class collects and makes some.
 */
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {
    private static final int ROUNDS = 3;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((resourceType, records) -> LEAKS.add(resourceType + records));
        LEAKS.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        provokeReports();
        if (!LEAKS.isEmpty()) {
            throw new AssertionError(LEAKS.size() + " buffers were not released, the first: " + LEAKS.peek());
        }
    }

    private static void provokeReports() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            System.gc();
            // References are queued by a thread of the JVM's own, shortly after the collection.
            Thread.sleep(10);
            PooledByteBufAllocator.DEFAULT.directBuffer().release();
        }
    }
}
