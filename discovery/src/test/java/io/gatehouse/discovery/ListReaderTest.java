// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.List;
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
                row("app-3", "lost", ListedApplication.State.ZOMBIE, null));
        for (int cut = 0; cut <= SparkJson.bytes(LIST).length; cut++) {
            ListReader reader = read(9, LIST, cut);
            assertThat(reader.rows()).as("cut at %d", cut).isEqualTo(expected);
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
                .containsExactly(new ListedApplication("a", "", "", ListedApplication.State.ZOMBIE, -1, -1, null));
    }
}
