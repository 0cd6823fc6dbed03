// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the names that nearly all tags and attributes have, eight bytes at a time: lower case, of less than eight bytes for a tag, of less
 * than sixteen for an attribute with a value. The scanners read the others, and those at the end of a window, byte by byte. Both come to
 * the same {@link Names}.
 */
final class NameReader {
    /** As many bytes of an array are looked at. */
    static final int LOOKED_AT = 2 * Long.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    /** What all lower-case letters have, and no byte that ends a name. */
    private static final long LETTERS = 0x60 * ONES;

    private long name;

    /** That was read last. */
    long name() {
        return name;
    }

    /**
     * Reads the name of a tag, whose first byte at {@code at} is a letter; the array has {@link #LOOKED_AT} bytes from there on.
     *
     * @return where the space or {@code >} behind it stands; {@code at} where it is not so usual
     */
    int readTag(byte[] in, int at) {
        long word = (long) LONG.get(in, at);
        int bits = bitsBefore(marks(word, ' ') | marks(word, '>'));
        // Headings have a digit.
        long letters = word | (marks(word | (0x07 * ONES), '7') >>> 1);
        if (bits == Long.SIZE || !isName(letters, bits)) {
            return at;
        }
        name = number(word, bits);
        return at + (bits >>> 3);
    }

    /**
     * Reads the name of an attribute that begins at {@code at}; the array has {@link #LOOKED_AT} bytes from there on.
     *
     * @return where the equals sign behind it stands; {@code at} where it is not so usual
     */
    int readAttribute(byte[] in, int at) {
        long word = (long) LONG.get(in, at);
        int bits = bitsBefore(marks(word, '='));
        if (!isName(withHyphens(word), bits)) {
            return at;
        }
        if (bits == Long.SIZE) {
            return readLongAttribute(word, in, at);
        }
        name = number(word, bits);
        return at + (bits >>> 3);
    }

    private int readLongAttribute(long first, byte[] in, int at) {
        long second = (long) LONG.get(in, at + Long.BYTES);
        int bits = bitsBefore(marks(second, '='));
        if (bits == 0) {
            name = Long.reverseBytes(first);
        } else if (bits == Long.SIZE || !isName(withHyphens(second), bits)) {
            return at;
        } else {
            name = Long.rotateLeft(Long.reverseBytes(first), bits) ^ number(second, bits);
        }
        return at + Long.BYTES + (bits >>> 3);
    }

    private static boolean isName(long word, int bits) {
        long letters = LETTERS << -bits;
        return (word << -bits & letters) == letters;
    }

    private static long number(long word, int bits) {
        return Long.reverseBytes(word << -bits);
    }

    private static long withHyphens(long word) {
        return word | (marks(word, '-') >>> 1);
    }

    /** The high bit of each byte that is {@code wanted}; above the lowest of them there may be false ones. */
    private static long marks(long word, char wanted) {
        long different = word ^ (wanted * ONES);
        return (different - ONES) & ~different & HIGH_BITS;
    }

    private static int bitsBefore(long marks) {
        return Long.numberOfTrailingZeros(marks) & -Byte.SIZE;
    }
}
