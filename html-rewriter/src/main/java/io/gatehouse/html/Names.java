// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Names of elements, attributes and functions as numbers, so that reading one allocates nothing: its bytes, or a hash of them where they
 * are more than eight. Two names that come to the same number cost whoever wrote such a page a wrong link in it, nobody else anything.
 */
final class Names {
    /** Of an empty name. */
    static final long EMPTY = 0;

    /** Odd, so that nothing of a name is lost; and with many bits, so that letters which come twice do not undo one another. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    /** For each byte, what stands for it in the name of a tag or attribute; 0 for those that end one. */
    private static final byte[] IN_TAG = inTag();

    private Names() {}

    static long append(long name, int b) {
        long before = name >>> -Byte.SIZE == 0 ? name : name * SPREAD;
        return Long.rotateLeft(before, Byte.SIZE) ^ b;
    }

    /** The same for {@code A} and {@code a}: HTML folds the case of ASCII letters. */
    static long appendFolded(long name, byte b) {
        return append(name, b >= 'A' && b <= 'Z' ? b + 0x20 : b & 0xff);
    }

    /**
     * What to append for a byte in the name of a tag or attribute: itself, a letter in lower case.
     *
     * @return 0 for a space, a slash, {@code >} or {@code =}
     */
    static int inTag(byte b) {
        return IN_TAG[b & 0xff] & 0xff;
    }

    static long of(String name) {
        long number = EMPTY;
        for (int i = 0; i < name.length(); i++) {
            number = append(number, name.charAt(i));
        }
        return number;
    }

    /** What HTML calls ASCII whitespace. */
    static boolean isSpace(int b) {
        return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f';
    }

    static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }

    private static byte[] inTag() {
        byte[] table = new byte[256];
        for (int b = 0; b < table.length; b++) {
            boolean ends = isSpace((byte) b) || b == '/' || b == '>' || b == '=';
            // NUL is no end either; parsers put another character in its place.
            table[b] = ends ? 0 : isLetter((byte) b) ? (byte) (b | 0x20) : b == 0 ? (byte) 0xff : (byte) b;
        }
        return table;
    }
}
