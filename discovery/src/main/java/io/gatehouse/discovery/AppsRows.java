// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.discovery.ListedApplication.State;
import java.time.Instant;

/** What our list says of an application, from what discovery knows and what the History Servers list. */
final class AppsRows {
    private final HistorySnapshot history;
    private final Instant now;

    /** {@code now}: ends the time in which logs may still appear or become whole. */
    AppsRows(HistorySnapshot history, Instant now) {
        this.history = history;
        this.now = now;
    }

    /** What a driver says of itself; its id alone where it says nothing. */
    static ListedApplication running(Application application) {
        AppListing listing = application.listing();
        if (listing == null) {
            return new ListedApplication(application.id(), "", "", State.RUNNING, -1, -1, null);
        }
        return new ListedApplication(
                application.id(),
                listing.name(),
                listing.sparkUser(),
                State.RUNNING,
                listing.newestStarted(),
                -1,
                listing.attemptId());
    }

    /** An application that does not answer, and that no History Server lists. */
    ListedApplication absent(AbsentApplication application) {
        ListedApplication row = new ListedApplication(
                application.id(),
                application.name(),
                application.user(),
                State.FINISHED,
                application.started(),
                application.life() instanceof ApplicationLife.Over over
                        ? over.since().toEpochMilli()
                        : -1,
                null);
        return switch (application.life()) {
            case ApplicationLife.Over over
            when isAwaited(over) ->
                row.as(State.FINALISING, WaitingPage.story(over, now) + " No History Server has its event log yet.");
            case ApplicationLife.Over over -> ended(row, over, "No History Server has its event log.");
            case ApplicationLife other -> coming(row, other);
        };
    }

    private boolean isAwaited(ApplicationLife.Over over) {
        return !history.parts().isEmpty() && HandOver.mayAppear(over, now);
    }

    /** A row of a History Server's list, with what discovery knows of the same application. */
    ListedApplication listed(ListedApplication row, ApplicationLife life) {
        return switch (life) {
            case ApplicationLife.Failed failed -> row.as(State.FAILED, failed.reason());
            case ApplicationLife.Over over
            when row.state() == State.UNKNOWN ->
                HandOver.mayBecomeWhole(over, now)
                        ? row.as(State.FINALISING, WaitingPage.story(over, now))
                        : ended(row.as(State.ZOMBIE, ""), over, "Its log has no end and gets none.");
            case ApplicationLife.Coming coming -> coming(row, coming);
            default -> row.state() == State.UNKNOWN && isSilent(row) ? row.as(State.ZOMBIE, "") : row;
        };
    }

    private static ListedApplication coming(ListedApplication row, ApplicationLife life) {
        return switch (life) {
            case ApplicationLife.Pending(String reason) -> row.as(State.PENDING, reason);
            case ApplicationLife.Starting(String reason) -> row.as(State.STARTING, reason);
            default -> row;
        };
    }

    /** {@code log}: what there is to say of its log where that is all. */
    private ListedApplication ended(ListedApplication row, ApplicationLife.Over over, String log) {
        return switch (over) {
            case ApplicationLife.Failed(Instant _, String reason) -> row.as(State.FAILED, reason);
            case ApplicationLife.Gone(Instant _, String reason) -> row.as(State.GONE, reason);
            default ->
                row.as(
                        row.state(),
                        WaitingPage.story(over, now) + (history.parts().isEmpty() ? "" : " " + log));
        };
    }

    /** Whether nobody has written to its log for so long that it is taken for dead. */
    private boolean isSilent(ListedApplication row) {
        long written = history.written(row.id());
        return written >= 0
                && Instant.ofEpochMilli(written).plus(ListedApplication.SILENCE).isBefore(now);
    }
}
