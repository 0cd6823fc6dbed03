// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list and the page that Gatehouse makes itself where there is no History Server. */
class OwnListTest {
    private static final ListRequest ALL = ListRequests.ALL;

    @Test
    void runningApplicationsAreListedAsTheirDriversTell() throws IOException {
        AppDirectory directory = new AppDirectory(List.of(
                app("app-1", "a", SparkJson.listing("app-1", "é \\\" name", null)),
                app("app-2", "b", null),
                app("app-3", "c", SparkJson.listing("app-3", "x", null))));

        JsonNode list = new ObjectMapper().readTree(OwnList.json(directory, ALL));

        assertThat(list.findValuesAsText("id")).containsExactly("app-1", "app-3", "app-2");
        assertThat(list.get(0).get("name").asText()).isEqualTo("é \" name");
        assertThat(list.get(0).get("attempts").get(0).get("completed").asBoolean(true))
                .isFalse();
        // Of the one whose driver tells nothing, what discovery knows: Spark's fields, and that it runs.
        JsonNode unheard = list.get(2).get("attempts").get(0);
        assertThat(unheard.get("completed").asBoolean(true)).isFalse();
        assertThat(unheard.get("endTimeEpoch").asLong()).isEqualTo(-1);
        list.get(0)
                .get("attempts")
                .get(0)
                .fieldNames()
                .forEachRemaining(
                        field -> assertThat(unheard.has(field)).as(field).isTrue());
        assertThat(OwnList.json(directory, ListRequests.limited(1)))
                .contains("app-1")
                .doesNotContain("app-3");
        assertThat(OwnList.json(directory, ListRequests.limited(0))).isEqualTo("[  ]");
        assertThat(OwnList.json(directory, ListRequests.finished())).isEqualTo("[  ]");
        AppDirectory heard = new AppDirectory(List.of(app("app-1", "a", SparkJson.listing("app-1", "x", null))));
        assertThat(OwnList.json(heard, ListRequests.started(0, 1))).isEqualTo("[  ]");
    }

    @Test
    void theHistoryServersPageGetsEntriesThatItShows() {
        AppDirectory directory = new AppDirectory(List.of(app("app-1", "a", SparkJson.listing("app-1", "x", null))));
        assertThat(OwnList.json(directory, ListRequests.forHomePage()))
                .contains("app-1")
                .doesNotContain("\"completed\"");
    }

    @Test
    void aNameIsTextOnThePageAndNothingElse() {
        // Given
        String evil = "</td><script>alert('1')</script>&amp;%s" + "\\\" onclick=\\\"x";
        AppDirectory directory = new AppDirectory(List.of(app("app-1", "a", SparkJson.listing("app-1", evil, null))));

        // When
        String page = OwnList.page(directory, new UiRouting("/sparkui", null));

        // Then
        assertThat(page)
                .contains("<a href=\"/sparkui/app-1/\">app-1</a></td><td>&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)"
                        + "&lt;/script&gt;&amp;amp;%s&quot; onclick=&quot;x</td>")
                .doesNotContain("<script");
    }

    @Test
    void linksAreBelowTheBasePath() {
        AppDirectory directory = new AppDirectory(List.of(app("app-1", "a", null)));
        assertThat(OwnList.page(directory, new UiRouting("/gatehouse", "/sparkui", null)))
                .contains("<a href=\"/gatehouse/sparkui/app-1/\">app-1</a>")
                .doesNotContain("\"/sparkui");
    }
}
