// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a source knows at one moment.
 *
 * @param running applications whose drivers answer
 * @param absent others that it knows something of. One that is over and is not told any more is remembered for a while
 *     ({@link RecentlyEnded}), so a source tells it once at least
 */
public record Findings(List<Application> running, List<AbsentApplication> absent) {
    static final Findings NONE = running(List.of());

    public Findings {
        running = List.copyOf(running);
        absent = List.copyOf(absent);
    }

    static Findings running(Collection<Application> applications) {
        return new Findings(List.copyOf(applications), List.of());
    }

    /** These first. */
    Findings and(Findings others) {
        List<Application> allRunning = new ArrayList<>(running);
        allRunning.addAll(others.running);
        List<AbsentApplication> allAbsent = new ArrayList<>(absent);
        allAbsent.addAll(others.absent);
        return new Findings(allRunning, allAbsent);
    }
}
