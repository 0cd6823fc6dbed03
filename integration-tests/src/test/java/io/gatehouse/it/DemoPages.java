// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.browser.Page;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The demo's pages in a browser, from click to click. Every page that is shown must be clean as {@link UiVisit} has it.
 *
 * @param basePath what every path of the ui door begins with; {@code ""} where it has a host of its own
 */
record DemoPages(DemoProcess demo, String basePath) {
    /** A page of an application: where to click on the page before, and what must then be shown. */
    record Step(String name, String click, String path, String heading) {}

    static final Step JOB = new Step("job", "a[href*='/jobs/job/?id=']", "jobs/job/", "Details for Job ");
    static final Step STAGES = new Step("stages", "a:Stages", "stages/", "Stages for All Jobs");
    static final Step STAGE = new Step("stage", "a[href*='/stages/stage/?id=']", "stages/stage/", "Details for Stage ");
    static final Step STORAGE = new Step("storage", "a:Storage", "storage/", "Storage");
    static final Step RDD =
            new Step("cached RDD", "a[href*='/storage/rdd/?id=']", "storage/rdd/", "RDD Storage Info for ");
    static final Step ENVIRONMENT = new Step("environment", "a:Environment", "environment/", "Environment");
    static final Step EXECUTORS = new Step("executors", "a:Executors", "executors/", "Executors");
    static final Step SQL = new Step("SQL", "a:SQL / DataFrame", "SQL/", "SQL / DataFrame");
    static final Step QUERY =
            new Step("SQL execution", "a[href*='/SQL/execution/?id=']", "SQL/execution/", "Details for Query ");
    static final Step JOBS = new Step("jobs", "a:Jobs", "jobs/", "Spark Jobs");

    /** The list of applications. */
    URI list() {
        return demo.ready().ui().resolve(basePath + "/");
    }

    /** The pages of the running application. */
    String live() {
        return basePath + "/sparkui/" + running() + "/";
    }

    /** The pages of an application in the History Server. */
    String history(String id) {
        return basePath + "/history/" + id + "/";
    }

    /** Where requests of the finished application's pages may go. */
    List<String> allowedToFinished() {
        return List.of(
                history(finished()), basePath + "/static/", basePath + "/api/v1/applications/" + finished() + "/");
    }

    String running() {
        return demo.ready().applications().running();
    }

    String finished() {
        return demo.ready().applications().finished();
    }

    /** The list may be behind for a moment: the History Server reads logs at its own pace. */
    void openList(Page page) {
        await("both applications in one table of " + list())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    page.open(list());
                    assertThat(tablesWithBoth(page))
                            .withFailMessage(() ->
                                    "no table with " + running() + " and " + finished() + " in:\n" + page.text("body"))
                            .isEqualTo(1);
                });
    }

    private int tablesWithBoth(Page page) {
        return page.evaluate("[...document.querySelectorAll('table')].filter(table => ['" + running() + "', '"
                        + finished() + "'].every(id => table.innerText.includes(id))).length")
                .asInt();
    }

    /** Clicks from page to page. */
    void walk(Page page, String prefix, List<String> allowed, Step... steps) {
        for (Step step : steps) {
            page.click(step.click());
            assertShows(page, step, prefix, allowed);
        }
    }

    void assertShows(Page page, Step step, String prefix, List<String> allowed) {
        assertShows(page, list(), step, prefix, allowed);
    }

    /** {@code list}: the list of applications, with a slash at its end. */
    static void assertShows(Page page, URI list, Step step, String prefix, List<String> allowed) {
        UiVisit visit = new UiVisit(step.name(), page, list, allowed);
        assertThat(page.status()).as("status of page %s", visit).isEqualTo(200);
        visit.assertClean();
        visit.assertShows(prefix + step.path(), step.heading());
    }

    UiVisit visit(String name, Page page, String allowed) {
        return new UiVisit(name, page, list(), List.of(allowed));
    }
}
