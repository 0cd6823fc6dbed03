// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody meant who wrote another. */
final class Nearest {
    private static final int MOST_CHANGES = 3;
    /** Beyond this nobody has misspelt one of our names, and comparing costs time. */
    private static final int LONGEST = 64;

    private Nearest() {}

    /** A remedy that proposes the nearest name, or lists all when none is near. */
    static String remedy(String written, Collection<String> known) {
        return to(written, known)
                .map(name -> "did you mean " + name + "?")
                .orElseGet(() -> "use one of " + String.join(", ", known));
    }

    /** The nearest name; empty when more than a third of the letters, or more than three, would have to change. */
    static Optional<String> to(String written, Collection<String> known) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        String folded = fold(written);
        int limit = Math.clamp(folded.length() / 3, 1, MOST_CHANGES);
        return known.stream()
                .filter(name -> distance(folded, fold(name)) <= limit)
                .min(Comparator.comparingInt(name -> distance(folded, fold(name))));
    }

    /** Case, hyphens and underscores carry no meaning of their own: {@code proxy-base} means {@code proxyBase}. */
    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Damerau's distance (optimal string alignment): insertions, deletions, substitutions and swapped neighbours. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + substitution, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
