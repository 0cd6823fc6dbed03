// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.LocalResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What stands where an application's page will be in a moment. Goes on by itself: its script looks each second, and without
 * script, or where that is blocked, the browser loads it again. The address stays the one that was asked for.
 *
 * @param title of the page
 * @param sentence what is waited for
 * @param state changes when there is something else to read
 * @param history the id of an application whose log may be looked at as it is; null where there is none
 */
record WaitingPage(
        String title,
        String sentence,
        String state,
        @Nullable String history) {
    /** By this field the script knows the page again. */
    static final String FIELD = "Gatehouse-Page";

    private static final PageAsset SCRIPT = PageAsset.load("waiting.js");
    private static final String REFRESH = "\n<meta http-equiv=\"refresh\" content=\"3\">";

    /** An application whose driver does not answer yet. */
    static WaitingPage coming(String id, ApplicationLife.Coming life) {
        boolean pending = life instanceof ApplicationLife.Pending;
        String sentence =
                (pending ? "The application's driver has not started yet. " : "The application's driver is starting. ")
                        + life.reason();
        // People read on when there is another reason.
        return new WaitingPage(
                "Starting " + id,
                sentence,
                (pending ? "pending-" : "starting-") + Integer.toHexString(sentence.hashCode()),
                null);
    }

    /** An application that has ended, and whose history is not there yet. */
    static WaitingPage over(String id, ApplicationLife.Over life, HistoryState entry, Instant now) {
        String waiting = switch (entry) {
            case HistoryState.Unknown _ -> "The History Server has not found its event log yet.";
            case HistoryState.Unreachable _ -> "The History Server does not answer at the moment.";
            case HistoryState.Unfinished _ ->
                "The event log that the History Server has of it has no end yet, and gets none if the driver was killed. "
                        + HandOver.UNTIL_WHOLE.toMinutes() + " minutes after the end the log is shown as it is.";
            default -> "The History Server is about to read the end of its event log.";
        };
        return new WaitingPage(
                "Finalising " + id,
                story(life, now) + " " + waiting,
                "finalising-" + entry.getClass().getSimpleName(),
                entry instanceof HistoryState.Unfinished ? id : null);
    }

    /** An application whose driver nobody reaches any more. */
    static WaitingPage driverGone() {
        return new WaitingPage(
                "Finalising",
                "The application's driver does not answer any more: the application has ended, or is about to.",
                "driver-gone",
                null);
    }

    /** How an application came to its end, in a sentence. */
    static String story(ApplicationLife.Over life, Instant now) {
        String ago = Ago.of(life.since(), now);
        return switch (life) {
            case ApplicationLife.Ended _ -> "The application ended " + ago + ".";
            case ApplicationLife.Succeeded _ -> "The application ended " + ago + " without an error.";
            case ApplicationLife.Failed failed -> "The application failed " + ago + ": " + failed.reason();
            case ApplicationLife.Gone gone -> "The application went away " + ago + ": " + gone.reason();
        };
    }

    LocalResponse response(UiRouting rules) {
        String soFar = history == null
                ? ""
                : "\n<p><a href=\"" + rules.basePath() + UiRouter.HISTORY_PREFIX + history
                        + "/\">Show what has been read so far</a></p>";
        String body = "<main><h1>" + OwnPage.escape(title) + "</h1>\n<p role=\"status\">" + OwnPage.escape(sentence)
                + "</p>\n<p class=\"quiet\">This page goes on by itself.</p>" + soFar + "</main>";
        return OwnPage.of(title, REFRESH, state, body, SCRIPT).with(FIELD, state);
    }
}
