// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/**
 * What a History Server's list says of one application, cut to what is shown of it. All of it is the word of whoever wrote
 * the event log, so it is text to be escaped, not markup.
 *
 * @param id valid by {@link AppIds}
 * @param name at most {@value #LONGEST_TEXT} characters of it
 * @param user of the newest attempt, empty where it does not say so; cut as the name is
 * @param started when the newest attempt began, in milliseconds since 1970; -1 where it does not say so
 * @param ended when it ended; -1 while it has not
 * @param completed whether the newest attempt has ended, as far as its log says
 * @param attempts how many there are
 */
public record HistoryEntry(
        String id, String name, String user, long started, long ended, boolean completed, int attempts) {
    static final int LONGEST_TEXT = 256;

    public HistoryEntry {
        if (!AppIds.isValid(id)) {
            throw new IllegalArgumentException("not an application id: " + id);
        }
        name = cut(name);
        user = cut(user);
    }

    private static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }
}
