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

    private NameReader() {}

    /**
     * Reads the name that begins at {@code at}; the array has eight bytes from there on.
     *
     * @return {@link Names#EMPTY} where it is long, is none, or has capital letters
     */
    static long read(byte[] in, int at) {
        long word = (long) LONG.get(in, at);
        // Below "!", then "<", "=", ">" and "?", then the slash. The lowest bit that is set is right, which is all that
        // counts.
        long ends = below(word, '!') | zeros((word | (0x03 * ONES)) ^ ('?' * ONES)) | zeros(word ^ ('/' * ONES));
        int bits = Long.numberOfTrailingZeros(ends & HIGH_BITS) & -Byte.SIZE;
        if (bits == 0 || bits == Long.SIZE) {
            return Names.EMPTY;
        }
        long bytes = word << (Long.SIZE - bits);
        long lowerCase = LOWER_CASE << (Long.SIZE - bits);
        return (bytes & lowerCase) == lowerCase ? Long.reverseBytes(bytes) & (-1L >>> (Long.SIZE - bits)) : Names.EMPTY;
    }

    /** How many bytes a name has that was read here. */
    static int length(long name) {
        return Long.BYTES - (Long.numberOfLeadingZeros(name) >>> 3);
    }

    private static long below(long word, char limit) {
        return (word - (limit * ONES)) & ~word;
    }

    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }
}
