// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes of an array at once, the first of them the lowest. */
final class Words {
    /** Times a byte: that byte eight times. */
    static final long ONES = 0x0101010101010101L;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Words() {}

    static long get(byte[] in, int at) {
        return (long) LONG.get(in, at);
    }

    static void put(byte[] in, int at, long word) {
        LONG.set(in, at, word);
    }
}
