// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.SparkJson.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The History Server's first page gets its table where the server has left it out. */
class HistoryPageFilterTest {
    private static final String COMPLETED = "<h4>No completed applications found!</h4>";
    private static final String INCOMPLETE = "<h4>No incomplete applications found!</h4>";
    /** As Spark 4.3 writes it, cut down. */
    private static final String PAGE = """
            <!DOCTYPE html><html data-bs-theme="light">
            <script src="/static/webui.js"></script><script src="/static/scroll-button.js" type="module"></script>
            <h4>Not this one</h4><div class="container-fluid">
              HEADING<p>
              Did you specify the correct logging directory? <h4>No
            """;

    private static final String MODULE_TABLE = "<script src=\"/static/dataTables.rowsGroup.js\"></script>"
            + "<script type=\"module\" src=\"/static/historypage.js\"></script>"
            + "<script type=\"module\" nonce=\"7e4f-264b\">import {setAppLimit} from \"/static/historypage.js\";"
            + "setAppLimit(2147483647);</script><div id=\"history-summary\"></div>";

    @ParameterizedTest
    @ValueSource(strings = {COMPLETED, INCOMPLETE})
    void theTableStandsInPlaceOfEitherHeading(String heading) {
        assertThat(filter("7e4f-264b", PAGE.replace("HEADING", heading)))
                .isEqualTo(PAGE.replace("HEADING", MODULE_TABLE));
    }

    @Test
    void olderPagesCallTheScriptDirectly() {
        // Given: no module, and no policy that asks for a nonce
        String page = PAGE.replace(" type=\"module\"", "").replace("HEADING", COMPLETED);

        // When / Then
        assertThat(filter(null, page))
                .contains("<script src=\"/static/historypage.js\"></script><script>setAppLimit(2147483647)</script>"
                        + "<div id=\"history-summary\"></div>")
                .doesNotContain("import", "nonce");
    }

    @Test
    void theTablesScriptsAreBelowTheBasePath() {
        byte[] page = bytes(PAGE.replace("HEADING", INCOMPLETE));
        String below = MODULE_TABLE.replace("\"/static/", "\"/gatehouse/static/");
        assertThat(Filtering.through(new HistoryPageFilter("7e4f-264b", "/gatehouse"), page))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(PAGE.replace("HEADING", below));
    }

    @Test
    void aCutAtAnyByteChangesNothing() {
        byte[] page = bytes(PAGE.replace("HEADING", INCOMPLETE));
        String whole = filter("7e4f-264b", PAGE.replace("HEADING", INCOMPLETE));
        for (int first = 0; first <= page.length; first++) {
            for (int second : new int[] {first, first + 1, first + 7, page.length}) {
                assertThat(Filtering.through(new HistoryPageFilter("7e4f-264b", ""), page, first, second))
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<",
                "<h4>No completed applications found!</h4",
                "<h4>No completed applications found!</h5>",
                "<h4>no completed applications found!</h4>",
                "<h4>No completedapplications found!</h4>",
                "<h4>No incompleted applications found!</h4>",
                "<h4 >No completed applications found!</h4>",
                "<<<h4>No <h4>No <h4>N",
                "<div id=\"history-summary\"></div> é \u0000"
            })
    void aPageWithoutTheHeadingPassesAsItCame(String body) {
        assertThat(filter("n", body)).isEqualTo(body);
        assertThat(filter("n", PAGE + body)).isEqualTo(PAGE + body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "<h4>No ",
                "<h4>No <h4>No in",
                "<h4>No completed applications found!",
                "<h4>No completed applications found!<"
            })
    void aHeadingRightBehindHalfOfOneIsFound(String half) {
        assertThat(filter("7e4f-264b", "type=\"module\"" + half + COMPLETED + half))
                .isEqualTo("type=\"module\"" + half + MODULE_TABLE + half);
    }

    @Test
    void onlyTheFirstHeadingIsReplaced() {
        assertThat(filter("7e4f-264b", "type=\"module\"" + COMPLETED + INCOMPLETE))
                .isEqualTo("type=\"module\"" + MODULE_TABLE + INCOMPLETE);
    }

    @Test
    void theNonceIsTheResponsesOwn() throws HttpViolation {
        ResponseHead response = Heads.response(
                200,
                "Content-Security-Policy: default-src 'self'; script-src 'self' 'nonce-7e4f-264b'; style-src 'self'",
                "Content-Type: text/html;charset=utf-8");
        byte[] page =
                Filtering.through(HistoryPageFilter.forResponse(response, ""), bytes("type=\"module\"" + COMPLETED));
        assertThat(page).asString(StandardCharsets.UTF_8).contains(MODULE_TABLE);
    }

    @Test
    void aNonceThatIsNoneIsNotCopied() throws HttpViolation {
        ResponseHead response = Heads.response(
                200, "Content-Security-Policy: script-src 'nonce-\"><script>'", "Content-Type: text/html");
        byte[] page = Filtering.through(HistoryPageFilter.forResponse(response, ""), bytes(COMPLETED));
        assertThat(page)
                .asString(StandardCharsets.UTF_8)
                .contains("<script>setAppLimit")
                .doesNotContain("nonce");
    }

    @Test
    void otherAnswersAreLeftAlone() throws HttpViolation {
        assertThat(HistoryPageFilter.forResponse(Heads.response(404, "Content-Type: text/html"), ""))
                .isNull();
        assertThat(HistoryPageFilter.forResponse(Heads.response(200, "Content-Type: text/javascript"), ""))
                .isNull();
        assertThat(HistoryPageFilter.forResponse(Heads.response(200), "")).isNull();
        assertThat(HistoryPageFilter.forResponse(
                        Heads.response(200, "Content-Type: text/html", "Content-Encoding: gzip"), ""))
                .isNull();
    }

    private static String filter(String nonce, String page) {
        return new String(Filtering.through(new HistoryPageFilter(nonce, ""), bytes(page)), StandardCharsets.UTF_8);
    }
}
