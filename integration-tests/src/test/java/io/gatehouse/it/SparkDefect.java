// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.it.browser.PageProblem;
import io.gatehouse.it.browser.PageProblem.Kind;
import io.gatehouse.session.local.SparkRelease;
import java.util.List;

/**
 * Something that a release of Spark does wrong on a page of its own, whoever is in between: the browser complains on the
 * driver's own port as well, which a test shows.
 *
 * @param line of releases, {@code 4.3}
 * @param where the name of the page or panel that shows it
 * @param file the end of the path of the file, or page, that the browser names
 * @param text a part of what it says
 */
record SparkDefect(String line, String where, PageProblem.Kind kind, String file, String text) {
    private static final List<SparkDefect> ALL = List.of(
            // spark-dag-viz.js gives each stage an attribute onclick, which Spark's own policy does not let run.
            new SparkDefect(
                    "4.3",
                    SparkPanel.DAG_OF_JOB.name(),
                    Kind.CSP_VIOLATION,
                    "/static/d3.min.js",
                    "inline event handler"),
            // The link calls a method of the form that it has not been in since SPARK-6846.
            new SparkDefect(
                    "3.5", "kill link", Kind.UNCAUGHT_EXCEPTION, "s/", "this.parentNode.submit is not a function"));

    /** All that is known of a page or panel of a release. */
    static List<SparkDefect> of(SparkRelease release, String where) {
        return ALL.stream()
                .filter(defect -> defect.line.equals(release.line()) && defect.where.equals(where))
                .toList();
    }

    boolean explains(PageProblem problem) {
        return problem.kind() == kind
                && problem.url().endsWith(file)
                && problem.text().contains(text);
    }
}
