// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the short names in lower case that nearly all tags and attributes have, eight bytes at a time; the scanners read the others, and
 * those at the end of a window, byte by byte. Both come to the same {@link Names}.
 */
final class NameReader {
    /** As many bytes of an array are looked at. */
    static final int WORD = Long.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LOWER_CASE = 0x20 * ONES;

    /** The name that was read last. */
    private long name;

    long name() {
        return name;
    }

    /**
     * Reads the name that begins at {@code at}; the array has eight bytes from there on.
     *
     * @return how many bytes it has; 0 where it is long, is none, or has capital letters
     */
    int read(byte[] in, int at) {
        long word = (long) LONG.get(in, at);
        // Below "!", then "<", "=", ">" and "?", then the slash. The lowest bit that is set is right, which is all that
        // counts.
        long ends = below(word, '!') | zeros((word | (0x03 * ONES)) ^ ('?' * ONES)) | zeros(word ^ ('/' * ONES));
        ends &= HIGH_BITS;
        int length = Long.numberOfTrailingZeros(ends) >>> 3;
        if (length == 0 || length == WORD) {
            return 0;
        }
        long bytes = word << (Long.SIZE - length * Byte.SIZE);
        long lowerCase = LOWER_CASE << (Long.SIZE - length * Byte.SIZE);
        if ((bytes & lowerCase) != lowerCase) {
            return 0;
        }
        name = Long.reverseBytes(bytes) & (-1L >>> (Long.SIZE - length * Byte.SIZE));
        return length;
    }

    private static long below(long word, char limit) {
        return (word - (limit * ONES)) & ~word;
    }

    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }
}
