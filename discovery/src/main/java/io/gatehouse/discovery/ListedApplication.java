// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A row of our own list. Names and users are the word of whoever submitted the job: text to be escaped.
 *
 * @param id valid by {@link AppIds}
 * @param name cut to {@value #LONGEST_TEXT} characters, as the user is
 * @param user empty where nobody says
 * @param started in milliseconds since 1970; -1 where nobody says
 * @param ended the same; -1 while it has not ended
 * @param attempt the id of its newest attempt; null where attempts are not numbered
 * @param reason why it is in that state, in a sentence or more; empty where there is nothing to say
 */
record ListedApplication(
        String id,
        String name,
        String user,
        State state,
        long started,
        long ended,
        @Nullable String attempt,
        String reason) {
    static final int LONGEST_TEXT = 200;

    /** How long the log of a driver that may run elsewhere stays as it is until it is taken for dead. An idle notebook writes nothing. */
    static final Duration SILENCE = Duration.ofHours(24);

    /** What becomes of an application, in the order of its life. */
    enum State {
        /** Its driver has been asked for and does not run yet. */
        PENDING("pending"),
        /** Its driver runs, and its UI does not answer yet. */
        STARTING("starting"),
        /** Its driver answers. */
        RUNNING("running"),
        /** Its driver has just gone, and the History Server reads the end of its log. */
        FINALISING("finalising"),
        /** Its log is whole, or there is none to come. */
        FINISHED("finished"),
        /** Its driver ended with an error. */
        FAILED("failed"),
        /** What its driver ran in was taken away before it had ended. */
        GONE("gone"),
        /** Its log has no end, and no driver of it is known here: it runs elsewhere, or has ended without saying so. */
        UNKNOWN("unknown"),
        /** Its log has no end and gets none: its driver is known to be gone, or has not written for {@link #SILENCE}. */
        ZOMBIE("zombie");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** As it stands in the page and in its URL. */
        String word() {
            return word;
        }
    }

    ListedApplication(
            String id, String name, String user, State state, long started, long ended, @Nullable String attempt) {
        this(id, name, user, state, started, ended, attempt, "");
    }

    ListedApplication {
        name = cut(name);
        user = cut(user);
    }

    static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    ListedApplication as(State newState, String newReason) {
        return new ListedApplication(id, name, user, newState, started, ended, attempt, newReason);
    }
}
