// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static io.gatehouse.it.DemoPages.EXECUTORS;
import static io.gatehouse.it.DemoPages.JOB;
import static io.gatehouse.it.DemoPages.JOBS;
import static io.gatehouse.it.DemoPages.QUERY;
import static io.gatehouse.it.DemoPages.SQL;
import static io.gatehouse.it.DemoPages.STAGE;
import static io.gatehouse.it.DemoPages.STAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
        List<String> live = List.of(pages.live());
        page.click("a:" + pages.running());

        // Then
        pages.assertShows(page, JOBS, pages.live(), live);
        pages.walk(page, pages.live(), live, JOB, STAGES, STAGE, EXECUTORS, SQL, QUERY);

        // When
        pages.openList(page);
        page.click("a:" + pages.finished());

        // Then
        String prefix = pages.history(pages.finished());
        pages.assertShows(page, JOBS, prefix, pages.allowedToFinished());
        pages.walk(page, prefix, pages.allowedToFinished(), JOB, STAGES, STAGE, EXECUTORS, SQL, QUERY);
    }

    @Test
    void aHistoryLinkLeadsIntoTheLiveUiBelowIt(Page page) {
        page.open(pages.list().resolve(pages.history(pages.running()) + "stages/"));
        pages.assertShows(page, STAGES, pages.live(), List.of(pages.live()));
    }
}
