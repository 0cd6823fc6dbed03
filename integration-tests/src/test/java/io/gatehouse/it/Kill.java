// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import io.gatehouse.it.browser.PageProblem;
import io.gatehouse.session.local.SparkRelease;
import java.util.List;

/**
 * A job or a stage that runs and is killed by a click in the browser. Spark 4.3 asks and posts a form; Spark 3.5 asks and follows a
 * link, in whose place the door has a page that posts.
 */
record Kill(Kind kind, Driver driver, String id) {
    /** What is killed. */
    enum Kind {
        JOB("job", "jobs/job/kill/", "/jobs", "jobId"),
        STAGE("stage", "stages/stage/kill/", "/stages", "stageId");

        private final String word;
        private final String path;
        private final String api;
        private final String idField;

        Kind(String word, String path, String api, String idField) {
            this.word = word;
            this.path = path;
            this.api = api;
            this.idField = idField;
        }

        /** The page that has the link, and that is shown afterwards. */
        SparkPage list() {
            return this == JOB ? SparkPage.JOBS : SparkPage.STAGES;
        }
    }

    /** What runs just now in an application of {@link SparkProcesses}: the job that waits to be killed, or its stage. */
    static Kill ofWhatRuns(Kind kind, Driver driver) {
        return new Kill(kind, driver, running(kind, driver).path(kind.idField).asText());
    }

    private static JsonNode running(Kind kind, Driver driver) {
        String status = kind == Kind.JOB ? "running" : "active";
        return await("what is to be killed")
                .until(() -> driver.api(kind.api + "?status=" + status).path(0), node -> !node.isMissingNode());
    }

    /** Kills it through a door, from the list that the page shows. */
    void through(SparkWalk walk) {
        Page page = walk.page();
        ask(page);
        if (isLink()) {
            walk.visit("door's question").assertStaysInside();
            assertThat(page.text("h1")).isEqualTo("Kill " + kind.word + " " + id + "?");
            page.click("button");
            assertThat(page.problems()).isEmpty();
        }
        walk.visit("answer to a kill").assertStaysInside();
        walk.visit("answer to a kill").assertAnswered();
        assertThat(page.requests())
                .filteredOn(request -> request.method().equals("POST"))
                .singleElement()
                .satisfies(post -> assertThat(post.path()).isEqualTo(walk.prefix() + kind.path))
                .matches(BrowserRequest::redirected);
    }

    /** Clicks on Spark's link, and sees Spark's own question and nothing else but what Spark does wrong. */
    void ask(Page page) {
        page.click(
                isLink()
                        ? "a.kill-link[href*='" + kind.path + "?id=" + id + "']"
                        : "form[action$='" + kind.path + "']:has(input[name=id][value='" + id + "']) a.kill-link");
        assertAsked(page);
    }

    private boolean isLink() {
        return driver.release().equals(SparkRelease.PREVIOUS);
    }

    /** The browser of the tests says yes to every question. */
    private void assertAsked(Page page) {
        List<SparkDefect> known = SparkDefect.of(driver.release(), "kill link");
        assertThat(known).allMatch(defect -> page.problems().stream().anyMatch(defect::explains));
        assertThat(page.problems())
                .filteredOn(problem -> known.stream().noneMatch(defect -> defect.explains(problem)))
                .extracting(PageProblem::kind, PageProblem::text)
                .containsExactly(
                        tuple(PageProblem.Kind.DIALOG, "Are you sure you want to kill " + kind.word + " " + id + " ?"));
    }

    /** What has become of it, by the driver's own word. */
    String status() {
        JsonNode answer = driver.api(kind.api + "/" + id);
        return (kind == Kind.STAGE ? answer.path(0) : answer).path("status").asText();
    }
}
