// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.exchange.UpstreamClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of the History Server's list of unfinished applications. */
class HistoryListTest {
    @Test
    void eachEntryIsCutToWhatIsShownOfIt() {
        // Given: of two attempts the newest comes first
        String attempts = """
                { "name" : "é \\"]", "later" : { "id" : "no", "attempts" : [ { "sparkUser" : "no" } ] },
                  "attempts" : [
                    { "attemptId" : "2", "x" : [ { "completed" : true } ], "sparkUser" : "eva", "completed" : false,
                      "startTimeEpoch" : 2000, "endTimeEpoch" : -1 },
                    { "attemptId" : "1", "sparkUser" : "old", "completed" : true, "startTimeEpoch" : 1000,
                      "endTimeEpoch" : 1500 } ],
                  "id" : "multi" }""";

        // When
        UnfinishedApplications list = read(SparkJson.list(attempts, SparkJson.entry("app-1", "a name", false)), 10);

        // Then: last started first
        assertThat(list.entries())
                .containsExactly(
                        new HistoryEntry("app-1", "a name", "root", 1795239518375L, -1, false, 1),
                        new HistoryEntry("multi", "é \"]", "eva", 2000, -1, false, 2));
        assertThat(list.find("multi").attempts()).isEqualTo(2);
        assertThat(list.find("other")).isNull();
    }

    @Test
    void whatIsOddIsReadAsFarAsItMakesSense() {
        String odd = """
                { "id" : "odd", "name" : 7, "attempts" : [ null, 3, { "startTimeEpoch" : 99999999999999999999,
                  "endTimeEpoch" : "x", "sparkUser" : { "a" : 1 }, "completed" : "true" } ] }""";
        assertThat(read(
                                SparkJson.list(
                                        "1",
                                        "null",
                                        "[ 1 ]",
                                        "{}",
                                        "{ \"id\" : \"a b\" }",
                                        odd,
                                        "{ \"id\" : \"none\", \"attempts\" : { \"a\" : 1 } }"),
                                10)
                        .entries())
                .containsExactly(
                        new HistoryEntry("odd", "", "", -1, -1, false, 1),
                        new HistoryEntry("none", "", "", -1, -1, false, 0));
    }

    @Test
    void aJobDecidesNotHowMuchIsKeptOfItsName() {
        UnfinishedApplications list = read(SparkJson.list(SparkJson.entry("app-1", "x".repeat(100_000), false)), 10);
        assertThat(list.find("app-1").name()).hasSize(HistoryEntry.LONGEST_TEXT);
    }

    @Test
    void aListThatIsAsLongAsWasAskedForMayBeCut() {
        String two = SparkJson.list(SparkJson.entry("a", "x", false), SparkJson.entry("a", "y", false));
        assertThat(read(two, 3).isWhole()).isTrue();
        assertThat(read(two, 3).entries()).hasSize(1);
        assertThat(read(two, 2).isWhole()).isFalse();
        assertThat(UnfinishedApplications.UNKNOWN.isWhole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[", "[ {", "[ { \"id\" : ", "[ 1", "<html>", "[ { \"attempts\" : ["})
    void whatIsNoListIsNotTakenForOne(String answer) {
        assertThatThrownBy(() -> read(answer, 10)).isInstanceOf(IllegalStateException.class);
    }

    private static UnfinishedApplications read(String answer, int asked) {
        return HistoryList.read(new UpstreamClient.Reply(200, "application/json", SparkJson.bytes(answer)), asked);
    }
}
