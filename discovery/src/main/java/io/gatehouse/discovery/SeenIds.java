// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Arrays;

/**
 * Which ids one answer has had already: a fingerprint of each in a table that is at most half full, 16 to 32 bytes for each id, so that
 * a list of a hundred thousand costs two to four megabytes and not the list. Two
 * different ids of a hundred thousand are taken for one with a chance of one to billions; nobody can choose them so, because the seed is
 * another for each answer. Used by one thread.
 */
final class SeenIds {
    private static final long PRIME = 0x100000001b3L;

    private final long seed;
    /** Open addressing; 0 stands for a free place. */
    private long[] table = new long[256];

    private int count;

    SeenIds(long seed) {
        this.seed = seed;
    }

    /** Whether the id is new; it is not the next time. */
    boolean add(String id) {
        if (2 * count >= table.length) {
            grow();
        }
        boolean added = put(table, fingerprint(id));
        count += added ? 1 : 0;
        return added;
    }

    private void grow() {
        long[] larger = new long[2 * table.length];
        Arrays.stream(table).filter(one -> one != 0).forEach(one -> put(larger, one));
        table = larger;
    }

    private static boolean put(long[] places, long one) {
        int at = (int) one & (places.length - 1);
        while (places[at] != 0) {
            if (places[at] == one) {
                return false;
            }
            at = (at + 1) & (places.length - 1);
        }
        places[at] = one;
        return true;
    }

    /** FNV-1a, and the end of MurmurHash3 so that every bit of it counts in each of its own. */
    private long fingerprint(String id) {
        long hash = seed;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
