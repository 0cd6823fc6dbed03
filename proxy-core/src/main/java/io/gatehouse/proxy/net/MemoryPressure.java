// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

/**
 * How short of memory this process is. Read by every exchange, set by the {@link MemoryGuard}; without one there is never
 * any pressure.
 */
public final class MemoryPressure {
    /** What the pressure asks for, in rising order. */
    public enum Level {
        /** Nothing. */
        NONE(0),
        /** Responses end their connections, and idle ones are closed. */
        DRAIN(1),
        /** New requests are refused, too. */
        REFUSE(2);

        private final int number;

        Level(int number) {
            this.number = number;
        }

        /** How it stands in the metric. */
        public int number() {
            return number;
        }
    }

    private volatile Level level = Level.NONE;

    public Level level() {
        return level;
    }

    /** Called by the guard, from its thread. */
    public void set(Level newLevel) {
        level = newLevel;
    }
}
