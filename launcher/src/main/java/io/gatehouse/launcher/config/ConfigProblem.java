// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One mistake in the configuration.
 *
 * @param origin where the value stands
 * @param path the key's path from the root, such as {@code ui.limits.maxHead}; empty when the mistake belongs to no key
 * @param what what is wrong
 * @param remedy what to do about it
 */
record ConfigProblem(Origin origin, String path, String what, String remedy) {
    /** Positions of the file first and in its order; then variables and flags by name. */
    static final Comparator<ConfigProblem> IN_READING_ORDER =
            Comparator.comparing(ConfigProblem::origin).thenComparing(ConfigProblem::path);

    /** Controls, and what turns lines or ends them. */
    private static final Pattern UNSHOWABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private static final int LONGEST_PART = 400;

    /** {@code file:line:col: path: what: remedy}, in one line that a terminal can show. */
    @Override
    public String toString() {
        return origin + ": " + (path.isEmpty() ? "" : shown(path) + ": ") + shown(what) + ": " + shown(remedy);
    }

    /** What a file says may hold escape sequences, or be as long as the file. */
    private static String shown(String text) {
        String cut = text.length() > LONGEST_PART ? text.substring(0, LONGEST_PART) + "…" : text;
        return UNSHOWABLE.matcher(cut).replaceAll("?");
    }
}
