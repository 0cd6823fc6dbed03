// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

/** Sets what otherwise only the {@link MemoryGuard} does, for tests in other packages. */
public final class PressureSwitch {
    private PressureSwitch() {}

    /** Memory is that short, as far as exchanges know. */
    public static void set(MemoryPressure pressure, MemoryPressure.Level level) {
        pressure.set(level);
    }
}
