// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Skips what nearly all of a page is: text, and tags that have no link and behind which nothing changes, outside of drawings. One look at
 * a tag's name and one at the end of each attribute's tell which those are. Any other tag, and any that is not written as programs write
 * them, is left to {@link TagScanner}, from its {@code <} on; so to skip has no effect, and may be tried again.
 *
 * <p>A line of code for each thing that comes next, and not one loop over states: a processor foresees for each line by itself what
 * comes, which makes this twice as fast.
 */
final class MarkupSkipper {
    /** All letters have it, and no byte that ends a name. */
    private static final long LETTER = 0x40 * Words.ONES;
    /** A capital with it is the small letter. */
    private static final long SMALL = 0x20 * Words.ONES;
    /** As many bytes have to be there from a {@code <} on: a name that is a {@code long}, and the byte behind it. */
    private static final int LOOKED_AT = 1 + Long.BYTES + 1;

    private final Landmarks landmarks;

    /** @param window how many bytes it has at most */
    MarkupSkipper(int window) {
        landmarks = new Landmarks(window);
    }

    /** What is skipped from now on is in {@code [from, to)}. */
    void begin(byte[] in, int from, int to) {
        landmarks.find(in, from, to);
    }

    /** From text on; returns the first {@code <} that has to be looked at, {@code to} where there is none. */
    int skip(byte[] in, int from, int to) {
        Landmarks.Cursor cursor = landmarks.from(from);
        while (true) {
            int tag = cursor.next((byte) '<', in, to);
            if (tag + LOOKED_AT > to || !skipTag(cursor, in, tag, to)) {
                return tag;
            }
        }
    }

    /** Goes behind the {@code >} of a tag, if nobody has to look at it. */
    private static boolean skipTag(Landmarks.Cursor cursor, byte[] in, int tag, int to) {
        if (in[tag + 1] == '/') {
            // Where a > comes before any value could begin, it ends a bogus comment too.
            int end = cursor.next();
            return end < to && in[end] == '>';
        }
        return isOrdinary(in, tag + 1) && skipAttributes(cursor, in, to);
    }

    /** Whether the name that begins at {@code at} is that of an element behind whose start tag nothing changes. */
    private static boolean isOrdinary(byte[] in, int at) {
        long word = Words.get(in, at);
        int bits = Long.numberOfTrailingZeros(~word & LETTER) & -Byte.SIZE;
        byte behind = in[at + (bits >>> 3)];
        return Names.isLetter(in[at])
                && (behind == '>' || behind == ' ' || behind == '\n' || behind == '/')
                && Element.of(Long.reverseBytes((word | SMALL) << -bits)).isOrdinary();
    }

    /** Goes behind the {@code >} of a start tag; not if an attribute may be a link, or has a value that is not in double quotes. */
    private static boolean skipAttributes(Landmarks.Cursor cursor, byte[] in, int to) {
        for (int at = cursor.next(); at < to; at = cursor.next()) {
            if (in[at] == '>') {
                return true;
            }
            if (in[at] != '=' || at + 1 == to || in[at + 1] != '"' || Attribute.mayBeLink(in, at)) {
                return false;
            }
            cursor.next();
            cursor.next((byte) '"', in, to);
        }
        return false;
    }
}
