// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

/**
 * From which share of memory in use on the {@link MemoryPressure} rises.
 *
 * @param drainAt percent of the heap, or of direct memory, from which connections are ended
 * @param refuseAt percent from which requests are refused
 */
public record OverloadThresholds(int drainAt, int refuseAt) {
    public static final OverloadThresholds DEFAULT = new OverloadThresholds(92, 95);

    /** How many points below its threshold a level ends: what was freed by acting must not end the action. */
    private static final int HYSTERESIS = 3;

    public OverloadThresholds {
        if (drainAt < 1 || refuseAt < drainAt || refuseAt > 100) {
            throw new IllegalArgumentException("thresholds are percentages, in rising order");
        }
    }

    /** The level at {@code percent} when it was {@code present} before. */
    MemoryPressure.Level next(MemoryPressure.Level present, int percent) {
        int refuse = present == MemoryPressure.Level.REFUSE ? refuseAt - HYSTERESIS : refuseAt;
        int drain = present == MemoryPressure.Level.NONE ? drainAt : drainAt - HYSTERESIS;
        if (percent >= refuse) {
            return MemoryPressure.Level.REFUSE;
        }
        return percent >= drain ? MemoryPressure.Level.DRAIN : MemoryPressure.Level.NONE;
    }
}
