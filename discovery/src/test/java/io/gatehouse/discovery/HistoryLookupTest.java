// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.exchange.UpstreamClient.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed of the History Server's answer about one application. */
class HistoryLookupTest {
    @Test
    void theNewestAttemptSaysWhetherTheLogIsWhole() {
        assertThat(read(200, SparkJson.entry("app-1", "x", true))).isEqualTo(new HistoryEntry.Finished(null));
        assertThat(read(200, SparkJson.entry("app-1", "x", "2", true))).isEqualTo(new HistoryEntry.Finished("2"));
        assertThat(read(200, SparkJson.entry("app-1", "x", "2", false))).isEqualTo(new HistoryEntry.Unfinished("2"));
        assertThat(read(200, SparkJson.finished("app-1"))).isEqualTo(new HistoryEntry.Finished(null));
    }

    @Test
    void anAttemptThatIsNoIdDoesNotGetIntoALink() {
        assertThat(read(200, SparkJson.entry("app-1", "x", "../2", true))).isEqualTo(new HistoryEntry.Finished(null));
        assertThat(read(200, SparkJson.entry("app-1", "x", "//evil", true))).isEqualTo(new HistoryEntry.Finished(null));
    }

    @Test
    void otherStatusesSayOtherThings() {
        assertThat(read(404, "unknown app")).isInstanceOf(HistoryEntry.Unknown.class);
        assertThat(read(302, "")).isInstanceOf(HistoryEntry.Hidden.class);
        assertThat(read(401, "")).isInstanceOf(HistoryEntry.Hidden.class);
        assertThat(read(200, "<html>Sign in")).isInstanceOf(HistoryEntry.Hidden.class);
        assertThat(read(503, "")).isInstanceOf(HistoryEntry.Unreachable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "null", "{\"id\":\"app-1\"}", "{\"id\":\"app-1\",\"attempts\":[]}", "7"})
    void whatIsNoEntryOfItTellsNothing(String body) {
        assertThat(read(200, body)).isInstanceOf(HistoryEntry.Unreachable.class);
        assertThat(read(200, SparkJson.entry("app-2", "x", true))).isInstanceOf(HistoryEntry.Unreachable.class);
    }

    private static HistoryEntry read(int status, String body) {
        return HistoryLookup.read(new Reply(status, "", SparkJson.bytes(body)), "app-1");
    }
}
