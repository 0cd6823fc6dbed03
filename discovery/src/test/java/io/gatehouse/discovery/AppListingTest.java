// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver runs its user's code, so what it says of itself is looked at before others get to see it. */
class AppListingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyFieldOfTheEntryIsKept() throws IOException {
        // Given
        String answer = SparkJson.list(SparkJson.entry("app-1", "name <b> & \\u00e9", "2", false)
                .replace(
                        "\"sparkUser\"",
                        "\"coresGranted\" : 4, \"later\" : { \"x\" : [ 1, null, true ] }, \"sparkUser\""));

        // When
        AppListing.Found found = AppListing.parse(SparkJson.bytes(answer));

        // Then
        assertThat(found.id()).isEqualTo("app-1");
        assertThat(found.completed()).isFalse();
        assertThat(found.listing().name()).isEqualTo("name <b> & é");
        assertThat(found.listing().attemptId()).isEqualTo("2");
        JsonNode sent = JSON.readTree(answer).get(0);
        assertThat(JSON.readTree(found.listing().json())).isEqualTo(sent);
        JsonNode forPage = JSON.readTree(found.listing().pageJson());
        assertThat(forPage.get("attempts").get(0).has("completed")).isFalse();
        assertThat(forPage.get("attempts").get(0).get("later")).isEqualTo(sent.at("/attempts/0/later"));
    }

    @Test
    void aFinishedApplicationIsTold() {
        AppListing.Found found = AppListing.parse(SparkJson.bytes(SparkJson.list(SparkJson.entry("app-1", "x", true))));
        assertThat(found.completed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[ ]",
                "{}",
                "null",
                "[null]",
                "[1]",
                "Spark is starting up. Please wait a while until it's ready.",
                "[{\"id\":\"a\",\"attempts\":[]}]",
                "[{\"id\":\"a\",\"attempts\":{\"0\":{}}}]",
                "[{\"id\":\"a\"}]",
                "[{\"id\":1,\"attempts\":[{}]}]",
                "[{\"id\":[\"a\"],\"attempts\":[{}]}]",
                "[{\"id\":\"<img src=x onerror=alert(1)>\",\"attempts\":[{}]}]",
                "[{\"id\":\"a');alert('1\",\"attempts\":[{}]}]",
                "[{\"id\":\"../a\",\"attempts\":[{}]}]",
                "[{\"id\":\"a\",\"attempts\":[{\"attemptId\":\"<b>\"}]}]",
                "[{\"id\":\"a\",\"attempts\":[{\"attemptId\":[\"<b>\"]}]}]",
                "[{\"id\":\"a\",\"attempts\":[{},{\"attemptId\":\"<b>\"}]}]",
                "[{\"id\":\"a\",\"attempts\":[{},null]}]",
                "[{\"id\":\"a\",\"attempts\":[{\"duration\":\"\\\"><script>\"}]}]",
                "[{\"id\":\"a\",\"attempts\":[{\"startTimeEpoch\":{}}]}]",
                "[{\"id\":\"a\",\"attempts\":[{\"completed\":\"false\"}]}]",
                "[{\"id\":\"a\",\"attempts\":[{}]},{\"id\":\"b\",\"attempts\":[{}]}]",
                "[{\"id\":\"a\",\"attempts\":[{}]"
            })
    void whatIsNotOneApplicationIsNotBelieved(String answer) {
        assertThat(AppListing.parse(SparkJson.bytes(answer))).isNull();
    }

    @Test
    void deepNestingIsRefusedAndNotFollowed() {
        String deep = "[".repeat(5000) + "]".repeat(5000);
        assertThat(AppListing.parse(SparkJson.bytes(deep))).isNull();
        String inside = "[{\"id\":\"a\",\"attempts\":[{\"x\":" + deep + "}]}]";
        assertThat(AppListing.parse(SparkJson.bytes(inside))).isNull();
    }

    @Test
    void markupOutsideTheNameIsTakenOut() throws IOException {
        // Given: older pages escape the name only
        String answer = SparkJson.list(SparkJson.entry("app-1", "a <b> 'c'", false)
                .replace("\"root\"", "\"<img src=x onerror='alert(1)'>\"")
                .replace("\"4.3.0\"", "\"4.3.0\\\"&lt;`\"")
                .replace("\"sparkUser\"", "\"attemptUrl\" : [ \"<a>\" ], \"sparkUser\""));

        // When
        AppListing listing = AppListing.parse(SparkJson.bytes(answer)).listing();

        // Then
        JsonNode entry = JSON.readTree(listing.json());
        assertThat(entry.get("name").asText()).isEqualTo("a <b> 'c'");
        JsonNode attempt = entry.get("attempts").get(0);
        assertThat(attempt.get("sparkUser").asText()).isEqualTo("_img src=x onerror=_alert(1)__");
        assertThat(attempt.get("appSparkVersion").asText()).isEqualTo("4.3.0__lt;_");
        assertThat(attempt.get("attemptUrl").get(0).asText()).isEqualTo("_a_");
        assertThat(new String(listing.pageJson(), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("<img");
    }
}
