// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.SparkPage.EXECUTORS;
import static io.gatehouse.it.SparkPage.JOB;
import static io.gatehouse.it.SparkPage.JOBS;
import static io.gatehouse.it.SparkPage.QUERY;
import static io.gatehouse.it.SparkPage.SQL;
import static io.gatehouse.it.SparkPage.STAGE;
import static io.gatehouse.it.SparkPage.STAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo below {@code /gatehouse}: whatever a browser asks for on the way from the list through live UI and finished
 * application, it asks for below it. Without {@code X-Forwarded-Context} to the History Server, its pages would ask for
 * {@code /static/…} at the root, which is a 404 here.
 */
class BasePathST {

    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String BASE = "/gatehouse";

    private static DemoProcess demo;
    private static DemoPages pages;

    @BeforeAll
    static void startDemo(@TempDir Path folder) throws IOException {
        demo = DemoProcess.start(folder, Map.of("GATEHOUSE_UI_BASE_PATH", BASE));
        pages = new DemoPages(demo, BASE);
    }

    @AfterAll
    static void endWhatIsLeft() {
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    void theWayIsToldAndTheRootLeadsThere(Page page) {
        // Given
        assertThat(demo.ready().ui().getPath()).isEqualTo(BASE);

        // When
        page.open(demo.ready().ui().resolve("/"));

        // Then
        assertThat(page.path()).isEqualTo(BASE + "/");
    }

    @Test
    void listLiveUiAndFinishedApplicationLieBelowIt(Page page) {
        // When
        pages.openList(page);

        // Then
        UiVisit list = pages.visit("list of applications", page, BASE + "/");
        assertThat(page.status()).as("status of page %s", list).isEqualTo(200);
        list.assertClean();

        // When
        page.click("a:" + pages.running());

        // Then
        SparkWalk live = pages.walkLive(page);
        live.assertShows(JOBS);
        live.through(JOB, STAGES, STAGE, EXECUTORS, SQL, QUERY);

        // When
        pages.openList(page);
        page.click("a:" + pages.finished());

        // Then
        SparkWalk finished = pages.walkFinished(page);
        finished.assertShows(JOBS);
        finished.through(JOB, STAGES, STAGE, EXECUTORS, SQL, QUERY);
    }

    @Test
    void aHistoryLinkLeadsIntoTheLiveUiBelowIt(Page page) {
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/"));
        pages.walkLive(page).assertShows(STAGES);
    }
}
