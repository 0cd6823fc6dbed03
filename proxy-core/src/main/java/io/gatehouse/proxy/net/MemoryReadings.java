// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

/** Port: what the {@link MemoryGuard} can know of memory. Asked from its thread. */
public interface MemoryReadings {
    /**
     * What a full collection of the heap left.
     *
     * @param number of the collection, rising; 0 before the first
     * @param livePercent of the largest size that the heap may have
     */
    record Collection(long number, int livePercent) {
        /** Before the first. */
        static final Collection NONE = new Collection(0, 0);
    }

    /** Percent of the heap's largest size that are in use, garbage included. */
    int heapPercent();

    /** The last full collection, whoever asked for it. */
    Collection lastCollection();

    /** Collects the whole heap; may take as long as that takes, and may be in vain. */
    void collect();

    /** Percent of the direct memory that this process may have that buffers in use occupy. */
    int directPercent();
}
