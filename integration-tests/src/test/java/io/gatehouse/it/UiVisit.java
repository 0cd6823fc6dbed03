// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What every visit of a Spark page through the ui door must fulfil. A failure names the page and the requests that
 * offend.
 *
 * @param name the page's name in messages
 * @param page the browser's page, just opened or clicked to
 * @param ui the list of applications, with a slash at its end
 * @param allowed the beginnings that a request's path may have
 */
record UiVisit(String name, Page page, URI ui, List<String> allowed) {

    /** All checks but those of the page's own content. */
    void assertClean() {
        assertStaysInside();
        assertAnswered();
        assertQuiet();
    }

    /**
     * Every request goes to the ui door and below an allowed prefix. Statuses cannot show an escape: the History Server
     * answers {@code /static/…} with its own files and unknown paths with its home page, all with 200.
     */
    void assertStaysInside() {
        assertThat(page.requests()).as("requests of page %s", this).isNotEmpty();
        assertNone(
                "left " + allowed,
                requests()
                        .filter(request -> !request.origin().equals(origin())
                                || allowed.stream().noneMatch(request.path()::startsWith))
                        .toList());
    }

    /** Every request was answered with 200; only the document itself may be redirected. */
    void assertAnswered() {
        assertNone(
                "were not answered with 200",
                page.requests().stream()
                        .filter(request -> request.status() != 200)
                        .filter(request -> !(request.document() && request.redirected()))
                        .toList());
    }

    /**
     * The browser has nothing to complain about. Spark 4.3's own pages are silent, so there is no list of known noise;
     * whoever has to begin one gives a reason for each entry.
     */
    void assertQuiet() {
        assertThat(page.problems())
                .as("what the browser says about page %s", this)
                .isEmpty();
    }

    /** The page is the one that it should be: its path below the prefix, and its heading. */
    void assertShows(String path, String heading) {
        assertThat(page.path()).as("path of page %s", this).isEqualTo(path);
        assertThat(page.text(".container-fluid h3"))
                .as("heading of page %s", this)
                .startsWith(heading);
    }

    @Override
    public String toString() {
        return "'" + name + "' (" + page.url() + ")";
    }

    /**
     * The requests of the page itself. A link of the list points to {@code /history/<id>/…}, and the door sends it to
     * where the application is: those hops are on the way to the page.
     */
    private Stream<BrowserRequest> requests() {
        return page.requests().stream()
                .filter(request -> !(request.document()
                        && request.redirected()
                        && request.origin().equals(origin())
                        && request.path().startsWith(ui.getPath() + "history/")));
    }

    private String origin() {
        return ui.getScheme() + "://" + ui.getRawAuthority();
    }

    private void assertNone(String what, List<BrowserRequest> offending) {
        assertThat(offending)
                .withFailMessage(() -> "requests of page " + this + " that " + what + ":\n"
                        + offending.stream().map(BrowserRequest::toString).collect(Collectors.joining("\n")))
                .isEmpty();
    }
}
