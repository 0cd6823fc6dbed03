// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The configuration cannot be used. The message is meant for a person: every mistake that could be found, numbered, in reading order.
 * The command line prints it and exits with 100; a reload logs it and keeps the old configuration.
 */
public final class ConfigException extends RuntimeException {
    /** So many help; a file that is something else altogether has one in every line. */
    private static final int MOST = 100;

    private final List<String> problems;

    private ConfigException(List<String> problems) {
        super("Configuration is invalid:\n"
                + IntStream.range(0, problems.size())
                        .mapToObj(i -> "  " + (i + 1) + ") " + problems.get(i))
                        .collect(Collectors.joining("\n")));
        this.problems = problems;
    }

    /** Sorts the problems into reading order, and keeps the first {@value #MOST}; the list must not be empty. */
    static ConfigException of(List<ConfigProblem> problems) {
        List<String> first = new ArrayList<>(problems.stream()
                .sorted(ConfigProblem.IN_READING_ORDER)
                .limit(MOST)
                .map(ConfigProblem::toString)
                .toList());
        if (problems.size() > MOST) {
            first.add("and " + (problems.size() - MOST) + " more");
        }
        return new ConfigException(List.copyOf(first));
    }

    /** What several steps found, as one; the list must not be empty. */
    static ConfigException ofAll(List<ConfigException> all) {
        return new ConfigException(
                all.stream().flatMap(each -> each.problems.stream()).toList());
    }

    /** The mistakes in reading order, each as {@code file:line:col: path: what: remedy}. */
    public List<String> problems() {
        return problems;
    }
}
