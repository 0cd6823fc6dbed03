// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spark's list as it streams by, cut anywhere. */
class ListReaderTest {
    private static final String LIST = SparkJson.list(
            SparkJson.finished("old-1"),
            SparkJson.entry("app-2", "é", "2", true)
                    .replace("} ]\n}", "}, {\n \"attemptId\" : \"1\",\n \"sparkUser\" : \"other\"\n} ]\n}"),
            SparkJson.entry("../x", "no id", true),
            SparkJson.entry("app-3", "lost", false));

    private static ListReader read(int most, String list, int cut) {
        byte[] bytes = SparkJson.bytes(list);
        ListReader reader = new ListReader(most);
        reader.accept(Unpooled.wrappedBuffer(bytes, 0, cut));
        reader.accept(Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut));
        return reader;
    }

    @Test
    void aListIsTheSameWhereverItIsCut() {
        List<ListedApplication> expected = List.of(
                row("old-1", "nightly {\"[", ListedApplication.State.FINISHED, null),
                row("app-2", "é", ListedApplication.State.FINISHED, "2"),
                row("app-3", "lost", ListedApplication.State.UNKNOWN, null));
        for (int cut = 0; cut <= SparkJson.bytes(LIST).length; cut++) {
            ListReader reader = read(9, LIST, cut);
            assertThat(reader.rows()).as("cut at %d", cut).isEqualTo(expected);
            assertThat(reader.written()).isEqualTo(Map.of("app-3", 1795239518375L));
            assertThat(reader.isWhole()).isTrue();
            assertThat(reader.isTruncated()).isFalse();
        }
    }

    private static ListedApplication row(String id, String name, ListedApplication.State state, String attempt) {
        return new ListedApplication(id, name, "root", state, 1795239518375L, -1, attempt);
    }

    @Test
    void noMoreIsKeptThanWanted() {
        ListReader reader = read(1, LIST, 10);
        assertThat(reader.rows()).extracting(ListedApplication::id).containsExactly("old-1");
        assertThat(reader.isTruncated()).isTrue();
        String longName = "x".repeat(5000);
        assertThat(read(1, SparkJson.list(SparkJson.entry("a", longName, true)), 10)
                        .rows()
                        .getFirst()
                        .name())
                .hasSize(ListedApplication.LONGEST_TEXT);
    }

    @Test
    void aListThatEndsTooEarlyIsNotWhole() {
        for (int end = 0; end < LIST.length() - 1; end += 7) {
            assertThat(read(9, LIST.substring(0, end), end / 2).isWhole()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "<html>", "[ { \"id\" : } ]", "[ 1, ]"})
    void whatIsNoListIsRefused(String body) {
        assertThatThrownBy(() -> read(9, body, 1)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void nullsAndOtherTypesAreNothing() {
        ListReader reader = read(
                9,
                "[{\"id\":\"a\",\"name\":null,\"attempts\":[{\"attemptId\":null,\"sparkUser\":7,\"startTimeEpoch\":\"x\","
                        + "\"x\":[[{\"sparkUser\":\"deep\"}]],\"completed\":\"true\"}]}]",
                4);
        assertThat(reader.rows())
                .containsExactly(new ListedApplication("a", "", "", ListedApplication.State.UNKNOWN, -1, -1, null));
    }

    /** Whatever a job or a broken server makes of numbers, others have their rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "-1e-999999999",
                "1.5",
                "9223372036854775808",
                "-9223372036854775809",
                "-5",
                "\"7\"",
                "null",
                "1234567890123456789012345678901234567890",
                "[ 1 ]",
                "{ \"startTimeEpoch\" : 1 }"
            })
    void numbersThatAreNoTimesAreAsIfTheyWereNotThere(String number) {
        String hostile = SparkJson.entry("odd", "n", false).replace("1795239518375", number);
        ListReader reader = read(9, SparkJson.list(hostile, SparkJson.finished("old-1")), 300);
        assertThat(reader.rows())
                .containsExactly(
                        new ListedApplication("odd", "n", "root", ListedApplication.State.UNKNOWN, -1, -1, null),
                        row("old-1", "nightly {\"[", ListedApplication.State.FINISHED, null));
        assertThat(reader.written()).isEqualTo(Map.of("odd", -1L));
    }

    @Test
    void ofLongTextsOnlyWhatIsShownIsKept() {
        String text = "x".repeat(10 << 20);
        ListReader reader = read(
                9,
                SparkJson.list(
                        SparkJson.entry("a", text, true).replace("\"root\"", "\"" + text + "\""),
                        SparkJson.entry(text, "its id is none", true),
                        SparkJson.entry("b", "n", text, true)),
                5000);
        assertThat(reader.rows()).extracting(ListedApplication::id).containsExactly("a", "b");
        assertThat(reader.rows().getFirst().name()).hasSize(ListedApplication.LONGEST_TEXT);
        assertThat(reader.rows().getFirst().user()).hasSize(ListedApplication.LONGEST_TEXT);
        assertThat(reader.rows().getLast().attempt()).isNull();
    }

    @Test
    void nestingIsSkippedAsFarAsItIsBounded() {
        String nested = "[".repeat(900) + "]".repeat(900);
        String list = SparkJson.list(SparkJson.finished("a")).replace("[ 1, \"]}\" ]", nested);
        assertThat(read(9, list, 9).rows()).extracting(ListedApplication::id).containsExactly("a");
        String deep = "[".repeat(1 << 20);
        assertThatThrownBy(() -> read(9, deep, 9)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void elementsThatAreNoApplicationsAreNone() {
        String odd = SparkJson.list("1", "null", "{}", "{ \"id\" : \"a\" }", "[ \"b\" ]", "[ [ { \"id\" : \"c\" } ] ]");
        assertThat(read(9, odd, 9).rows()).extracting(ListedApplication::id).containsExactly("a");
    }
}
