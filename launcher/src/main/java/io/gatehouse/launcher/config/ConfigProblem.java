// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Comparator;

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

    /** {@code file:line:col: path: what: remedy}. */
    @Override
    public String toString() {
        return origin + ": " + (path.isEmpty() ? "" : path + ": ") + what + ": " + remedy;
    }
}
