// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Arrays;

/**
 * Cuts Spark's list of applications into its entries, whatever the pieces in which it comes. Holds one entry at a time, which is at
 * most {@value #LARGEST_ENTRY} bytes long.
 */
final class EntryScanner {
    static final int LARGEST_ENTRY = 1 << 20;

    /** What stands at {@link #position}. */
    enum Found {
        /** The end of the piece. */
        NOTHING,
        /** The bracket of the array, just before. */
        BEGINNING,
        /** The end of an entry, which is in {@link #entry}, just before. */
        ENTRY,
        /** The closing bracket, just before. */
        END,
        /**
         * An entry, as far as it has come, that is too large: {@link #entry} has what was kept of it, and the rest of it begins at
         * {@link #rest} of the piece. The next scan goes on behind it.
         */
        TOO_LARGE,
        /** Something that does not belong there. */
        UNREADABLE
    }

    private enum State {
        BEFORE_ARRAY,
        BETWEEN_ENTRIES,
        IN_ENTRY,
        IN_STRING,
        IN_ESCAPE,
        AFTER_ARRAY
    }

    private State state = State.BEFORE_ARRAY;
    private byte[] entry = new byte[2048];
    private int length;
    private int depth;
    private int position;
    private int rest;
    /** Whether the present entry is too large, and not kept any more. */
    private boolean skipping;

    /** Looks at {@code [start, end)} of a piece up to the first thing that is found. */
    Found scan(byte[] piece, int start, int end) {
        // An entry's bytes are kept in runs, not one by one.
        int unkept = start;
        for (int at = start; at < end; at++) {
            byte b = piece[at];
            switch (state) {
                case BEFORE_ARRAY -> {
                    if (b == '[') {
                        state = State.BETWEEN_ENTRIES;
                        return found(Found.BEGINNING, at + 1);
                    }
                    if (!isWhitespace(b)) {
                        return found(Found.UNREADABLE, at);
                    }
                }
                case BETWEEN_ENTRIES -> {
                    if (b == '{') {
                        state = State.IN_ENTRY;
                        unkept = at;
                        depth = 1;
                        length = 0;
                    } else if (b == ']') {
                        state = State.AFTER_ARRAY;
                        return found(Found.END, at + 1);
                    } else if (b != ',' && !isWhitespace(b)) {
                        length = 0;
                        return found(Found.UNREADABLE, at);
                    }
                }
                case IN_ENTRY -> {
                    if (b == '"') {
                        state = State.IN_STRING;
                    } else if (b == '{' || b == '[') {
                        depth++;
                    } else if ((b == '}' || b == ']') && --depth == 0) {
                        state = State.BETWEEN_ENTRIES;
                        if (!skipping) {
                            return found(keep(piece, unkept, at + 1) ? Found.ENTRY : Found.TOO_LARGE, at + 1);
                        }
                        skipping = false;
                    }
                }
                case IN_STRING -> {
                    if (b == '"') {
                        state = State.IN_ENTRY;
                    } else if (b == '\\') {
                        state = State.IN_ESCAPE;
                    }
                }
                case IN_ESCAPE -> state = State.IN_STRING;
                case AFTER_ARRAY -> {
                    return found(Found.NOTHING, end);
                }
            }
        }
        if (isInEntry() && !skipping && !keep(piece, unkept, end)) {
            skipping = true;
            return found(Found.TOO_LARGE, end);
        }
        return found(Found.NOTHING, end);
    }

    private Found found(Found what, int where) {
        position = where;
        return what;
    }

    /** Adds {@code [start, end)} of a piece to the entry; false where that makes it too large. */
    private boolean keep(byte[] piece, int start, int end) {
        int count = end - start;
        if (length + count > LARGEST_ENTRY) {
            rest = start;
            return false;
        }
        if (length + count > entry.length) {
            entry = Arrays.copyOf(entry, Math.max(length + count, Math.min(LARGEST_ENTRY, entry.length * 2)));
        }
        System.arraycopy(piece, start, entry, length, count);
        length += count;
        return true;
    }

    /** How far the piece has been looked at. */
    int position() {
        return position;
    }

    /** Where the part of the piece begins that does not fit into an entry. */
    int rest() {
        return rest;
    }

    /** The last entry in its first {@link #length} bytes, as far as it has come; valid until the next scan. */
    byte[] entry() {
        return entry;
    }

    int length() {
        return length;
    }

    /** Whether an entry has begun and not ended. */
    boolean isInEntry() {
        return state == State.IN_ENTRY || state == State.IN_STRING || state == State.IN_ESCAPE;
    }

    /** Whether the array has ended. */
    boolean isWhole() {
        return state == State.AFTER_ARRAY;
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
