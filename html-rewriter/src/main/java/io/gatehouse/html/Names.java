// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Names of elements, attributes and functions as numbers, so that reading one allocates nothing: a polynomial over its bytes.
 * Two names that come to the same number cost whoever wrote such a page a wrong link in it, nobody else anything.
 */
final class Names {
    /** Of an empty name. */
    static final long EMPTY = 0;

    private static final long FACTOR = 0x100000001b3L;

    private Names() {}

    static long append(long name, byte b) {
        return (name + (b & 0xff) + 1) * FACTOR;
    }

    /** The same for {@code A} and {@code a}: HTML folds the case of ASCII letters. */
    static long appendFolded(long name, byte b) {
        return append(name, b >= 'A' && b <= 'Z' ? (byte) (b + 0x20) : b);
    }

    static long of(String name) {
        long number = EMPTY;
        for (int i = 0; i < name.length(); i++) {
            number = append(number, (byte) name.charAt(i));
        }
        return number;
    }

    /** What HTML calls ASCII whitespace. */
    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f';
    }

    static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }
}
