// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of a History Server that has a prefix of its own, or one that only its script lacks. */
class HistoryLinksIT {
    private static final String PAGE = """
            <html><head><link rel="stylesheet" href="@/static/webui.css"/><script>setUIRoot('@')</script>
            <script>setAppBasePath('/history/old-1')</script></head><body><a href="@/history/old-1/jobs/">Jobs</a></body></html>""";

    private static final String SCRIPT = "css = await fetch(\"@/static/sql/spark-sql-viz.css\");";

    private final FakeSpark history;

    HistoryLinksIT() throws Exception {
        history = new FakeSpark();
    }

    @AfterEach
    void close() throws Exception {
        history.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', /shs",
        "'', ''",
        "/gatehouse, /shs",
        "/gatehouse, ''",
        "/gatehouse, https://front.example/shs",
        "'', https://front.example/shs"
    })
    void linksBeginWithTheBasePathWhateverTheServerPutsBeforeThem(String basePath, String root) throws Exception {
        history.answers("/history/old-1/jobs/", FakeSpark.response(200, "text/html;charset=utf-8", page(root)));
        history.answers("/logPage/", FakeSpark.response(200, "text/html;charset=utf-8", page(root)));
        history.answers("/history/old-1/jobs", FakeSpark.redirect(root + "/history/old-1/jobs/"));
        try (ProxyUnderTest door = door(basePath);
                RawClient client = door.client()) {
            for (int i = 0; i < 2; i++) {
                assertThat(get(client, basePath + "/history/old-1/jobs/").text())
                        .isEqualTo(page(basePath));
                assertThat(get(client, basePath + "/logPage/").text()).isEqualTo(page(basePath));
            }
            assertThat(get(client, basePath + "/history/old-1/jobs").field("location"))
                    .isEqualTo(basePath + "/history/old-1/jobs/");
        }
    }

    @Test
    void onceAPageHasSaidThatItsLinksAreRightPagesPassAsTheyCame() throws Exception {
        history.answers("/history/old-1/jobs/", FakeSpark.response(200, "text/html", page("/gatehouse")));
        try (ProxyUnderTest door = door("/gatehouse");
                RawClient client = door.client()) {
            get(client, "/gatehouse/history/old-1/jobs/");

            assertThat(get(client, "/gatehouse/history/old-1/jobs/").field("content-length"))
                    .isNotNull();
            assertThat(history.requests().getFirst()).doesNotContainIgnoringCase("accept-encoding");
            assertThat(history.requests().getLast()).containsIgnoringCase("accept-encoding: gzip");
        }
    }

    /** It repeats what somebody asked for, who could so switch off the edits for everybody. */
    @Test
    void anErrorPageIsNotBelieved() throws Exception {
        history.answers("/history/x/", FakeSpark.response(404, "text/html", page("/gatehouse")));
        history.answers("/history/old-1/jobs/", FakeSpark.response(200, "text/html", page("/shs")));
        try (ProxyUnderTest door = door("/gatehouse");
                RawClient client = door.client()) {
            get(client, "/gatehouse/history/x/");
            assertThat(get(client, "/gatehouse/history/old-1/jobs/").text()).isEqualTo(page("/gatehouse"));
        }
    }

    /** Both edits of the first page: the table that the server has left out, and the links. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/gatehouse"})
    void theFirstPageGetsItsTableAndItsLinks(String basePath) throws Exception {
        history.answers(
                "/",
                FakeSpark.response(
                        200, "text/html", page("/shs") + "<h4>No completed applications found!</h4><a href='/shs/x'>"));
        try (ProxyUnderTest door = door(basePath);
                RawClient client = door.client()) {
            assertThat(get(client, basePath + "/").text())
                    .startsWith(page(basePath))
                    .contains("<script src=\"" + basePath + "/static/historypage.js\"></script>")
                    .endsWith("<a href='" + basePath + "/x'>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/gatehouse"})
    void theOneScriptWithAPathOfItsOwnGetsTheBasePath(String basePath) throws Exception {
        history.answers("/static/sql/spark-sql-viz.js", FakeSpark.response(200, "text/javascript", script("")));
        history.answers("/static/other.js", FakeSpark.response(200, "text/javascript", script("")));
        try (ProxyUnderTest door = door(basePath);
                RawClient client = door.client()) {
            assertThat(get(client, basePath + "/static/sql/spark-sql-viz.js").text())
                    .isEqualTo(script(basePath));
            assertThat(get(client, basePath + "/static/other.js").text()).isEqualTo(script(""));
        }
    }

    private static String page(String root) {
        return PAGE.replace("@", root);
    }

    private static String script(String root) {
        return SCRIPT.replace("@", root);
    }

    private static Response get(RawClient client, String path) throws Exception {
        return client.send("GET " + path + " HTTP/1.1\r\nHost: gate\r\nAccept-Encoding: gzip\r\n\r\n")
                .response();
    }

    private ProxyUnderTest door(String basePath) throws Exception {
        UiRouting routing = new UiRouting(basePath, "/sparkui", new HistoryServer(history.upstream(), ""));
        AppDirectory directory = new AppDirectory(List.of(
                new Application("app-1", "test", history.upstream(), SparkJson.listing("app-1", "live", null))));
        return new ProxyUnderTest(
                RouterUnderTest.of(() -> routing, () -> directory).build());
    }
}
