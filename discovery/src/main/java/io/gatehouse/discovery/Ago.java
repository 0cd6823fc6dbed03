// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.time.Instant;

/** How long ago something happened, for people: in the largest unit of which it is two at least. */
final class Ago {
    private static final int FEW = 2;

    private Ago() {}

    /** For instance {@code 12 min ago}; what lies ahead, by a clock that is wrong, is now. */
    static String of(Instant since, Instant now) {
        Duration age = Duration.between(since, now);
        if (age.toDays() >= FEW) {
            return age.toDays() + " days ago";
        }
        if (age.toHours() >= FEW) {
            return age.toHours() + " h ago";
        }
        return age.toMinutes() >= FEW ? age.toMinutes() + " min ago" : Math.max(0, age.toSeconds()) + " s ago";
    }
}
