// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.util.concurrent.ThreadLocalRandom;

/** Loopback addresses that nobody else uses, in the place of pods' addresses: all of 127.0.0.0/8 is this machine. */
final class Addresses {
    private static final int FIRST = 2;
    private static final int BEHIND_LAST = 255;

    private Addresses() {}

    /** One of some sixteen million. */
    static String pick() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127.%d.%d.%d"
                .formatted(
                        random.nextInt(FIRST, BEHIND_LAST),
                        random.nextInt(FIRST, BEHIND_LAST),
                        random.nextInt(FIRST, BEHIND_LAST));
    }
}
