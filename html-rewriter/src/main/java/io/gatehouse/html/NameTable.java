// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Map;

/** What a few known {@link Names} mean: one look for each name of a page, without an object for it. */
final class NameTable<T> {
    /** 2 to the 64th divided by the golden ratio: neighbours land far from each other. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final long[] names;
    private final Object[] meanings;
    private final T otherwise;
    /** A bit for the last six bits of each name's number: most names of a page are told by it to be none of these. */
    private final long lastBits;

    /** @param otherwise what all names mean that {@code known} does not have */
    NameTable(Map<String, T> known, T otherwise) {
        int slots = Integer.highestOneBit(known.size() * 4);
        this.names = new long[slots];
        this.meanings = new Object[slots];
        this.otherwise = otherwise;
        this.lastBits =
                known.keySet().stream().mapToLong(name -> 1L << Names.of(name)).reduce(0, (one, other) -> one | other);
        known.forEach((name, meaning) -> {
            long number = Names.of(name);
            int slot = slot(number);
            while (meanings[slot] != null) {
                slot = next(slot);
            }
            names[slot] = number;
            meanings[slot] = meaning;
        });
    }

    @SuppressWarnings("unchecked") // Only the constructor puts anything in, and it puts Ts.
    T find(long name) {
        if ((lastBits >>> name & 1) == 0) {
            return otherwise;
        }
        int slot = slot(name);
        for (Object meaning = meanings[slot]; meaning != null; meaning = meanings[slot]) {
            if (names[slot] == name) {
                return (T) meaning;
            }
            slot = next(slot);
        }
        return otherwise;
    }

    private int slot(long name) {
        return (int) ((name * SPREAD) >>> 40) & (names.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (names.length - 1);
    }
}
