// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which applications have left the directory, for a bounded time and number. What the map says is shared by all
 * directories until it changes. Used under the registry's lock.
 */
final class RecentlyEnded {
    /** Until the log of what was killed has been silent for so long that it is known to be dead without us. */
    static final Duration REMEMBERED = ListedApplication.SILENCE;

    static final int MOST = 4096;

    private Map<String, ApplicationLife> lives = Map.of();

    /**
     * What is remembered once the directory has changed: applications of {@code before} that {@code after} does not have, and
     * those from earlier that are not back, the latest {@link #MOST} of them.
     */
    Map<String, ApplicationLife> update(AppDirectory before, AppDirectory after, Instant now) {
        Instant oldest = now.minus(REMEMBERED);
        LinkedHashMap<String, ApplicationLife> next = new LinkedHashMap<>();
        lives.forEach((id, life) -> {
            if (after.find(id) == null
                    && life instanceof ApplicationLife.Over over
                    && !over.since().isBefore(oldest)) {
                next.put(id, life);
            }
        });
        for (Application application : before.applications()) {
            if (after.find(application.id()) == null) {
                // Behind those that ended before.
                next.remove(application.id());
                next.put(application.id(), new ApplicationLife.Ended(now));
            }
        }
        while (next.size() > MOST) {
            next.pollFirstEntry();
        }
        if (!next.equals(lives)) {
            lives = Collections.unmodifiableMap(next);
        }
        return lives;
    }
}
