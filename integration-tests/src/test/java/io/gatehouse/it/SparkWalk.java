// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A user's way through the pages of one application. Every page and panel must be clean, as {@link UiVisit} has it.
 *
 * @param release of the Spark that makes the pages
 * @param root what all addresses begin with: the list of applications, or a driver itself; with a slash at its end
 * @param prefix the path that the application's pages begin with
 * @param allowed the beginnings that a request's path may have
 */
record SparkWalk(Page page, SparkRelease release, URI root, String prefix, List<String> allowed) {
    /** Goes to a page by its address. */
    void open(SparkPage target, String query) {
        page.open(root.resolve(prefix + target.path() + query));
        assertShows(target);
    }

    /** Clicks from page to page. */
    void through(SparkPage... targets) {
        for (SparkPage target : targets) {
            page.click(target.click());
            assertShows(target);
        }
    }

    /** Makes the present page draw something. */
    void unfold(SparkPanel panel) {
        page.click(panel.click());
        visit(panel.name()).assertNothingWrong();
        assertThat(page.count(panel.drawn()))
                .as("what is drawn as %s in %s", panel.name(), page.url())
                .isPositive();
    }

    /**
     * On the page of an SQL execution: its plan is drawn, and can be saved with its style where Spark has a button for that.
     *
     * @param folder a new one
     */
    void assertPlan(Path folder) {
        assertThat(page.count("#plan-viz-graph svg g.node"))
                .as("nodes of the plan in %s", page.url())
                .isPositive();
        boolean saves = page.count("#plan-viz-download-btn") > 0;
        assertThat(saves).as("a button that saves the plan").isEqualTo(release.equals(SparkRelease.CURRENT));
        if (saves) {
            String saved = page.download("#plan-viz-download-btn", folder);
            visit("saved plan").assertClean();
            assertThat(saved).startsWith("<svg").contains("<style", "--spark-sql-node-fill");
        }
    }

    /** The page that is shown is this one, and it is clean. */
    void assertShows(SparkPage target) {
        visit(target.name()).assertClean();
        assertIs(target);
    }

    /** The same without a look at what the visit cost. */
    void assertIs(SparkPage target) {
        UiVisit visit = visit(target.name());
        assertThat(page.status()).as("status of page %s", visit).isEqualTo(200);
        visit.assertShows(prefix + target.path(), target.heading());
    }

    /** What has just happened on the page. */
    UiVisit visit(String name) {
        return new UiVisit(name, page, root, allowed, SparkDefect.of(release, name));
    }
}
