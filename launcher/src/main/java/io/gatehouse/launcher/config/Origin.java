// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Comparator;

/**
 * Where a value of the configuration comes from, as a message names it.
 *
 * @param kind orders messages: what stands in the file comes first
 * @param name the file, the variable or the flag
 * @param line 1-based line in the file; 0 when the whole source is meant
 * @param column 1-based column in the file; 0 when the whole source is meant
 */
record Origin(Kind kind, String name, int line, int column) implements Comparable<Origin> {
    private static final Comparator<Origin> ORDER = Comparator.comparing(Origin::kind)
            .thenComparing(Origin::name)
            .thenComparingInt(Origin::line)
            .thenComparingInt(Origin::column);

    /** The kinds of sources, in the order that messages list them. */
    enum Kind {
        FILE,
        VARIABLE,
        FLAG,
        DEFAULTS
    }

    /** A position in the configuration file. */
    static Origin position(String file, int line, int column) {
        return new Origin(Kind.FILE, file, line, column);
    }

    /** The configuration file as a whole. */
    static Origin file(String file) {
        return new Origin(Kind.FILE, file, 0, 0);
    }

    /** An environment variable. */
    static Origin variable(String name) {
        return new Origin(Kind.VARIABLE, name, 0, 0);
    }

    /** A command line flag, with its hyphens. */
    static Origin flag(String name) {
        return new Origin(Kind.FLAG, name, 0, 0);
    }

    /** No source at all: the built-in defaults. */
    static Origin defaults() {
        return new Origin(Kind.DEFAULTS, "defaults", 0, 0);
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FILE -> line == 0 ? name : name + ":" + line + ":" + column;
            case VARIABLE -> "environment variable " + name;
            case FLAG -> "flag " + name;
            case DEFAULTS -> name;
        };
    }
}
