// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Work that costs processor time, on a few threads of its own behind a short queue. What does not fit is turned away at once, so that
 * a flood of passwords or signatures takes neither the event loops' time nor memory.
 */
final class BoundedWork implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    BoundedWork(String name, int threads, int queue) {
        executor = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().daemon().name(name + "-", 1).factory());
        executor.allowCoreThreadTimeOut(true);
    }

    /** What {@code work} returns; {@code whenFull} at once where there is no room, or after {@link #close}. */
    <T> CompletionStage<T> submit(Supplier<T> work, T whenFull) {
        try {
            return CompletableFuture.supplyAsync(work, executor);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(whenFull);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
