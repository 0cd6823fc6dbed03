// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import io.gatehouse.it.browser.PageProblem;
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
 * @param known what the page does wrong without us, too; it has to be there
 */
record UiVisit(String name, Page page, URI ui, List<String> allowed, List<SparkDefect> known) {

    private static final List<String> WAYS = List.of("app/", "history/", "sparkui/");

    /** Of a page that is to have no fault at all. */
    UiVisit(String name, Page page, URI ui, List<String> allowed) {
        this(name, page, ui, allowed, List.of());
    }

    /** All checks but those of the page's own content. */
    void assertClean() {
        assertThat(page.requests()).as("requests of page %s", this).isNotEmpty();
        assertNothingWrong();
    }

    /** The same for what may need no request. */
    void assertNothingWrong() {
        assertStaysInside();
        assertAnswered();
        assertQuiet();
    }

    /**
     * Every request goes to the ui door and below an allowed prefix. Statuses cannot show an escape: the History Server
     * answers {@code /static/…} with its own files and unknown paths with its home page, all with 200.
     */
    void assertStaysInside() {
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

    /** The browser complains about exactly what is known to be Spark's own fault; mostly that is nothing. */
    void assertQuiet() {
        List<PageProblem> problems = page.problems();
        assertThat(problems)
                .as("what the browser says about page %s", this)
                .filteredOn(problem -> known.stream().noneMatch(defect -> defect.explains(problem)))
                .isEmpty();
        assertThat(known)
                .as("what the browser is known to say about page %s, and does not say any more", this)
                .filteredOn(defect -> problems.stream().noneMatch(defect::explains))
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
     * The requests of the page itself. A link of the list points to {@code /history/<id>/…}, and the permanent one to
     * {@code /app/<id>/…}; the door sends both to where the application is, as it does with {@code /sparkui/<id>/…} when that has
     * ended: those hops are on the way to the page.
     */
    private Stream<BrowserRequest> requests() {
        return page.requests().stream()
                .filter(request -> !(request.document()
                        && request.redirected()
                        && request.origin().equals(origin())
                        && WAYS.stream().anyMatch(way -> request.path().startsWith(ui.getPath() + way))));
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
