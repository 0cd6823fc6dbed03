// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The demo's pages in a browser, from click to click. Every page that is shown must be clean as {@link UiVisit} has it.
 *
 * @param basePath what every path of the ui door begins with; {@code ""} where it has a host of its own
 */
record DemoPages(DemoProcess demo, String basePath) {
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

    /** The way through an application's pages; begins wherever {@code page} is. */
    private SparkWalk walk(Page page, String prefix, List<String> allowed) {
        return new SparkWalk(page, SparkRelease.CURRENT, list(), prefix, allowed);
    }

    /** The same for the running one. */
    SparkWalk walkLive(Page page) {
        return walk(page, live(), List.of(live()));
    }

    /** The same for the finished one. */
    SparkWalk walkFinished(Page page) {
        return walk(page, history(finished()), allowedToFinished());
    }

    UiVisit visit(String name, Page page, String allowed) {
        return new UiVisit(name, page, list(), List.of(allowed));
    }
}
