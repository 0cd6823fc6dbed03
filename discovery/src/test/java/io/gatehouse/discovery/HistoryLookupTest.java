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
        assertThat(read(200, SparkJson.entry("app-1", "x", true))).isEqualTo(new HistoryState.Finished(null));
        assertThat(read(200, SparkJson.entry("app-1", "x", "2", true))).isEqualTo(new HistoryState.Finished("2"));
        assertThat(read(200, SparkJson.entry("app-1", "x", "2", false))).isEqualTo(new HistoryState.Unfinished("2"));
        assertThat(read(200, SparkJson.finished("app-1"))).isEqualTo(new HistoryState.Finished(null));
    }

    @Test
    void anAttemptThatIsNoIdDoesNotGetIntoALink() {
        assertThat(read(200, SparkJson.entry("app-1", "x", "../2", true))).isEqualTo(new HistoryState.Finished(null));
        assertThat(read(200, SparkJson.entry("app-1", "x", "//evil", true))).isEqualTo(new HistoryState.Finished(null));
    }

    @Test
    void otherStatusesSayOtherThings() {
        assertThat(read(404, "unknown app")).isInstanceOf(HistoryState.Unknown.class);
        assertThat(read(302, "")).isInstanceOf(HistoryState.Hidden.class);
        assertThat(read(401, "")).isInstanceOf(HistoryState.Hidden.class);
        assertThat(read(200, "<html>Sign in")).isInstanceOf(HistoryState.Hidden.class);
        assertThat(read(503, "")).isEqualTo(HistoryState.Unreachable.INSTANCE);
        assertThat(read(500, "")).isEqualTo(HistoryState.Unreachable.UNREADABLE);
        assertThat(read(429, "")).isEqualTo(HistoryState.Unreachable.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "null", "{\"id\":\"app-1\"}", "{\"id\":\"app-1\",\"attempts\":[]}", "7"})
    void whatIsNoEntryOfItTellsNothing(String body) {
        assertThat(read(200, body)).isEqualTo(HistoryState.Unreachable.UNREADABLE);
        assertThat(read(200, SparkJson.entry("app-2", "x", true))).isEqualTo(HistoryState.Unreachable.UNREADABLE);
    }

    private static HistoryState read(int status, String body) {
        return HistoryLookup.read(new Reply(status, "", "", SparkJson.bytes(body)), "app-1");
    }
}
