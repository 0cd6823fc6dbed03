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
 */
record ListedApplication(
        String id,
        String name,
        String user,
        State state,
        long started,
        long ended,
        @Nullable String attempt) {
    static final int LONGEST_TEXT = 200;

    /** How long the log of a driver that may run elsewhere stays as it is until it is taken for dead. An idle notebook writes nothing. */
    static final Duration SILENCE = Duration.ofHours(24);

    /** What becomes of an application, in the order of its life. */
    enum State {
        /** Discovery knows its driver. */
        RUNNING("running"),
        /** Its driver has just gone, and the History Server reads the end of its log. */
        FINALISING("finalising"),
        /** Its log is whole. */
        FINISHED("finished"),
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

    ListedApplication {
        name = cut(name);
        user = cut(user);
    }

    static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    ListedApplication as(State newState) {
        return new ListedApplication(id, name, user, newState, started, ended, attempt);
    }
}
