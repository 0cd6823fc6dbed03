// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/** Finds a byte eight at a time: most of a page is text and values in which nothing happens. */
final class ByteSearch {
    private static final long HIGH_BITS = 0x8080808080808080L;

    private ByteSearch() {}

    /** The first {@code wanted} in {@code [from, to)}; {@code to} where there is none. */
    static int indexOf(byte[] in, int from, int to, byte wanted) {
        long pattern = (wanted & 0xff) * Words.ONES;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long different = Words.get(in, at) ^ pattern;
            // A byte's high bit is set where the byte is zero; above the lowest of them there may be false ones.
            long zeros = (different - Words.ONES) & ~different & HIGH_BITS;
            if (zeros != 0) {
                return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        while (at < to && in[at] != wanted) {
            at++;
        }
        return at;
    }
}
