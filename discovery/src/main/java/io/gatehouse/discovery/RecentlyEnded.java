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

    private Map<String, AbsentApplication> absent = Map.of();

    /**
     * What is to be known of applications that do not run, once the directory has changed: what sources tell of them, applications of
     * {@code before} that ran or were over and of which nobody tells any more, the latest {@link #MOST} of them.
     *
     * @param running those that run now
     * @param told what sources tell of others now; by id
     */
    Map<String, AbsentApplication> update(
            AppDirectory before, AppDirectory running, Map<String, AbsentApplication> told, Instant now) {
        LinkedHashMap<String, AbsentApplication> remembered = new LinkedHashMap<>();
        Instant oldest = now.minus(REMEMBERED);
        for (AbsentApplication application : before.absent()) {
            if (application.life() instanceof ApplicationLife.Over over
                    && !over.since().isBefore(oldest)
                    && isUntold(application.id(), running, told)) {
                remembered.put(application.id(), application);
            }
        }
        for (Application application : before.applications()) {
            if (isUntold(application.id(), running, told)) {
                // Behind those that ended before.
                remembered.putLast(
                        application.id(), AbsentApplication.after(application, new ApplicationLife.Ended(now)));
            }
        }
        while (remembered.size() > MOST) {
            remembered.pollFirstEntry();
        }
        told.forEach((id, application) -> {
            if (running.find(id) == null) {
                remembered.put(id, application);
            }
        });
        if (!remembered.equals(absent)) {
            absent = Collections.unmodifiableMap(remembered);
        }
        return absent;
    }

    private static boolean isUntold(String id, AppDirectory running, Map<String, AbsentApplication> told) {
        return running.find(id) == null && !told.containsKey(id);
    }
}
