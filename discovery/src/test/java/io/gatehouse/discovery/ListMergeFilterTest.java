// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.SparkJson.bytes;
import static io.gatehouse.discovery.SparkJson.entry;
import static io.gatehouse.discovery.SparkJson.finished;
import static io.gatehouse.discovery.SparkJson.list;
import static io.gatehouse.discovery.SparkJson.listing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Running and finished applications in one list, as Spark 4.3 writes it. */
class ListMergeFilterTest {
    private static final ListRequest ALL = ListRequests.ALL;
    private static final AppDirectory ONE = directory(app("live-1", "d", listing("live-1", "\\u00e9 \\\"}]", null)));

    @Test
    void runningApplicationsComeFirstAndFinishedOnesStayAsTheyAre() throws IOException {
        // Given
        String history = list(finished("old-1"), entry("other", "not known to run", false), finished("old-2"));

        // When
        String merged = merge(ONE, ALL, history);

        // Then
        assertThat(ids(merged)).containsExactly("live-1", "old-1", "other", "old-2");
        assertThat(merged).endsWith(", " + history.substring(2));
        JsonNode list = new ObjectMapper().readTree(merged);
        assertThat(list.get(0).get("name").asText()).isEqualTo("é \"}]");
        assertThat(list.get(0).at("/attempts/0/completed").asBoolean(true)).isFalse();
        assertThat(list.get(1).at("/attempts/0/logSourceName").asText()).isEqualTo("file:///x");
    }

    @Test
    void theHistoryServersEntryOfARunningApplicationIsLeftOut() {
        // Given: it does not know that the driver lives on
        String history =
                list(finished("old-1"), entry("live-1", "stale", true), finished("old-2"), entry("live-1", "", true));

        // When / Then
        assertThat(merge(ONE, ALL, history)).isEqualTo(merge(ONE, ALL, list(finished("old-1"), finished("old-2"))));
    }

    @Test
    void anEmptyListHoldsWhatRuns() {
        assertThat(ids(merge(ONE, ALL, "[ ]"))).containsExactly("live-1");
        assertThat(ids(merge(ONE, ALL, "[]"))).containsExactly("live-1");
        assertThat(ids(merge(ONE, ALL, "\n[\n]\n"))).containsExactly("live-1");
    }

    @Test
    void whatIsKnownByAddressOnlyKeepsTheHistoryServersEntry() {
        AppDirectory silent = directory(app("live-1", "d", null));
        String history = list(entry("live-1", "x", false), finished("old-1"));
        assertThat(merge(silent, ALL, history)).isEqualTo(history);
    }

    @Test
    void whatIsKnownByAddressOnlyIsListedWhereTheHistoryServerDoesNotKnowIt() {
        AppDirectory silent = directory(app("live-1", "d", null));
        assertThat(ids(merge(silent, ALL, "[ ]"))).containsExactly("live-1");
        assertThat(ids(merge(silent, ALL, list(finished("old-1"))))).containsExactly("old-1", "live-1");
        assertThat(ids(merge(silent, ListRequests.limited(1), list(finished("old-1")))))
                .containsExactly("old-1");
        assertThat(merge(silent, ListRequests.forHomePage(), "[ ]"))
                .contains("live-1")
                .doesNotContain("completed");
    }

    @ParameterizedTest
    @CsvSource({
        "0, ''",
        "1, live-1",
        "2, live-1 live-2",
        "3, live-1 live-2 old-1",
        "4, live-1 live-2 old-1 old-2",
        "9, live-1 live-2 old-1 old-2"
    })
    void theLimitHoldsForBothKinds(int limit, String expected) {
        AppDirectory two = directory(
                app("live-1", "d", listing("live-1", "x", null)), app("live-2", "e", listing("live-2", "x", null)));
        String merged = merge(two, ListRequests.limited(limit), list(finished("old-1"), finished("old-2")));
        assertThat(String.join(" ", ids(merged))).isEqualTo(expected);
        assertThat(merged).startsWith("[ ").endsWith(limit == 0 ? "[ ]" : "} ]");
    }

    @Test
    void theFirstPageGetsEntriesWithoutCompleted() {
        String merged = merge(ONE, ListRequests.forHomePage(), list(finished("old-1")));
        assertThat(merged).doesNotContain("\"completed\":false").contains("\"completed\" : true");
        assertThat(ids(merged)).containsExactly("live-1", "old-1");
    }

    @Test
    void aLaterAttemptKeepsTheEntryThatKnowsTheEarlierOnes() throws IOException {
        // Given
        AppDirectory second =
                directory(app("multi", "d", listing("multi", "x", "2")), app("first", "e", listing("first", "x", "1")));
        String both =
                entry("multi", "x", "2", false).replace("} ]", "}, { \"attemptId\" : \"1\", \"completed\" : true } ]");

        // When
        String merged = merge(
                second, ALL, list(finished("old-1"), both, entry("first", "x", "1", false), finished("old-2"), both));

        // Then
        assertThat(ids(merged)).containsExactly("first", "old-1", "multi", "old-2");
        assertThat(merged).contains(both);
        assertThat(new ObjectMapper()
                        .readTree(merged)
                        .at("/0/attempts/0/attemptId")
                        .asText())
                .isEqualTo("1");
    }

    @Test
    void aLaterAttemptThatTheHistoryServerDoesNotKnowComesLast() {
        AppDirectory second = directory(app("multi", "d", listing("multi", "x", "2")));
        assertThat(ids(merge(second, ALL, list(finished("old-1"))))).containsExactly("old-1", "multi");
        assertThat(ids(merge(second, ListRequests.limited(1), list(finished("old-1")))))
                .containsExactly("old-1");
    }

    @Test
    void whatBeganOutsideTheDatesIsLeftOut() {
        // Given
        AppDirectory two =
                directory(app("early", "d", begun("early", null, 1000)), app("late", "e", begun("late", null, 2000)));
        String history = list(finished("old-1"));

        // When / Then: both ends belong to the time
        assertThat(ids(merge(two, ListRequests.started(1000, 1999), history))).containsExactly("early", "old-1");
        assertThat(ids(merge(two, ListRequests.started(1001, 2000), history))).containsExactly("late", "old-1");
        assertThat(ids(merge(two, ListRequests.started(1000, 2000), history)))
                .containsExactly("early", "late", "old-1");
        assertThat(merge(two, ListRequests.started(3000, 4000), history)).isEqualTo(history);
    }

    @Test
    void whatBeganAtATimeNobodyKnowsIsListed() {
        String unknown = entry("live-1", "x", false).replaceAll("\"startTimeEpoch\" : \\d+,", "");
        AppDirectory one = directory(app("live-1", "d", listing(unknown)));
        assertThat(ids(merge(one, ListRequests.started(3000, 4000), "[ ]"))).containsExactly("live-1");
    }

    @Test
    void anEarlierAttemptInsideTheDatesKeepsTheHistoryServersEntry() {
        // Given: its driver speaks of the newest attempt only, and the History Server has found another inside the
        // dates
        AppDirectory second = directory(app("multi", "d", begun("multi", "2", 5000)));
        String both = entry("multi", "x", "2", false);

        // When / Then
        assertThat(merge(second, ListRequests.started(1000, 2000), list(both, finished("old-1"))))
                .isEqualTo(list(both, finished("old-1")));
        assertThat(merge(second, ListRequests.started(1000, 2000), list(finished("old-1"))))
                .isEqualTo(list(finished("old-1")));
        assertThat(ids(merge(second, ListRequests.started(1000, 5000), list(both, finished("old-1")))))
                .containsExactly("multi", "old-1");
    }

    @Test
    void zombiesPassAsTheyCame() {
        // Given: incomplete in the History Server, and nobody knows a driver
        String history = list(entry("zombie", "killed", false), finished("old-1"));
        assertThat(merge(ONE, ALL, history)).endsWith(", " + history.substring(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "{\"error\":1}", "<html>[ {} ]</html>", "null", "\"[\"", "\uFEFF[ ]"})
    void whatIsNoListPassesUnmodified(String answer) {
        assertThat(merge(ONE, ALL, answer)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2]", "[ \"a\", {} ]", "[ {}, null, {\"id\":\"live-1\"} ]", "[ [ ] ]"})
    void behindWhatIsNoEntryTheRestPassesUnmodified(String answer) throws IOException {
        JsonNode merged = new ObjectMapper().readTree(merge(ONE, ALL, answer));
        JsonNode sent = new ObjectMapper().readTree(answer);
        assertThat(merged.get(0).get("id").asText()).isEqualTo("live-1");
        assertThat(merged).hasSize(sent.size() + 1);
        assertThat(merged.get(sent.size())).isEqualTo(sent.get(sent.size() - 1));
    }

    @Test
    void aListThatEndsTooEarlyEndsAtTheSameByte() {
        String history = list(finished("old-1"), finished("old-2"));
        String whole = merge(ONE, ALL, history);
        for (int end = 1; end < history.length(); end++) {
            assertThat(whole)
                    .startsWith(merge(ONE, ALL, history.substring(0, end)).stripTrailing());
        }
    }

    @Test
    void anEntryThatIsTooLargePassesWithAllBehindIt() {
        // Given
        String huge = entry("huge", "x".repeat(2 << 20), true);
        String behind = entry("live-1", "y", true);

        // When
        String merged = merge(ONE, ALL, list(finished("old-1"), huge, behind));

        // Then
        assertThat(ids(merged)).containsExactly("live-1", "old-1", "huge", "live-1");
        assertThat(merged).endsWith(", " + huge + ", " + behind + " ]");
    }

    @Test
    void idsAreComparedAsJsonAndOnlyThoseOfEntries() {
        String escaped = "{ \"x\" : { \"id\" : \"live-1\" }, \"\\u0069d\" : \"live\\u002d1\" }";
        String inside =
                "{ \"name\" : \"{\\\"id\\\":\\\"live-1\\\"\", \"x\" : [ { \"id\" : \"live-1\" } ], \"id\" : \"old-1\" }";
        String none = "{ \"id\" : [ \"live-1\" ] }";
        String broken = "{ \"id\" : live-1 }";
        assertThat(merge(ONE, ALL, list(escaped))).isEqualTo(merge(ONE, ALL, "[ ]"));
        assertThat(merge(ONE, ALL, list(inside, none, broken)))
                .endsWith(", " + inside + ", " + none + ", " + broken + " ]");
    }

    @Test
    void aCutAtAnyByteChangesNothing() {
        // Given
        AppDirectory many = directory(
                app("live-1", "d", listing("live-1", "x", null)), app("multi", "e", listing("multi", "x", "2")));
        byte[] history =
                bytes(list(finished("old-1"), entry("live-1", "\\\\\\\" } ] [", false), finished("old-2")) + "\n");
        byte[] whole = Filtering.through(new ListMergeFilter(many, ALL), history);

        // When / Then
        for (int cut = 0; cut <= history.length; cut++) {
            assertThat(Filtering.through(new ListMergeFilter(many, ALL), history, cut))
                    .isEqualTo(whole);
        }
        int[] everywhere = new int[history.length];
        for (int i = 0; i < everywhere.length; i++) {
            everywhere[i] = i;
        }
        assertThat(Filtering.through(new ListMergeFilter(many, ALL), history, everywhere))
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            200 | application/json                | -    | true
            200 | application/json; charset=utf-8 | -    | true
            200 | application/json                | gzip | false
            200 | text/html;charset=utf-8         | -    | false
            200 | -                               | -    | false
            404 | application/json                | -    | false
            500 | application/json                | -    | false
            """)
    void onlyAWholeListIsFiltered(int status, String type, String encoding, boolean filtered) throws HttpViolation {
        List<String> fields = new ArrayList<>();
        if (type != null) {
            fields.add("Content-Type: " + type);
        }
        if (encoding != null) {
            fields.add("Content-Encoding: " + encoding);
        }
        var response = Heads.response(status, fields.toArray(String[]::new));
        assertThat(ListMergeFilter.forResponse(response, ONE, ALL) != null).isEqualTo(filtered);
    }

    @Test
    void aHundredThousandEntriesPassInBoundedMemory() {
        // Given
        String entry = finished("app-20260101120000-0001") + ", ";
        byte[] piece = bytes(entry.repeat(200));
        ListMergeFilter filter = new ListMergeFilter(ONE, ALL);
        AtomicLong out = new AtomicLong();
        long in = 0;

        // When
        long start = cpuNanos();
        long largestLag = feed(filter, bytes("[ "), out);
        in += 2;
        for (int i = 0; i < 500; i++) {
            feed(filter, piece, out);
            in += piece.length;
            largestLag = Math.max(largestLag, in - out.get());
        }
        feed(filter, bytes(finished("last") + " ]"), out);
        Duration took = Duration.ofNanos(cpuNanos() - start);

        // Then: about 0.4 s, and as much again for a cold machine and a paranoid leak detector
        assertThat(in).isGreaterThan(50_000_000);
        assertThat(largestLag).isLessThan(8 << 10);
        assertThat(took).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void whatRunsIsHandedOverInPieces() {
        // Given: two thousand applications with long names, every other in a later attempt
        Application[] many = new Application[2000];
        for (int i = 0; i < many.length; i++) {
            many[i] = app("live-" + i, "d", listing("live-" + i, "x".repeat(1000), i % 2 == 0 ? null : "2"));
        }
        ListMergeFilter filter = new ListMergeFilter(directory(many), ALL);
        AtomicLong largest = new AtomicLong();
        AtomicLong all = new AtomicLong();

        // When
        byte[] list = bytes(list(finished("old-1")));
        filter.filter(PooledByteBufAllocator.DEFAULT.directBuffer(list.length).writeBytes(list), buffer -> {
            largest.accumulateAndGet(buffer.capacity(), Math::max);
            all.addAndGet(buffer.readableBytes());
            buffer.release();
        });

        // Then
        assertThat(all).hasValueGreaterThan(2_000_000);
        assertThat(largest).hasValueLessThan(64 << 10);
    }

    private static AppListing begun(String id, String attemptId, long millis) {
        return listing(entry(id, "x", attemptId, false)
                .replace("\"startTimeEpoch\" : 1795239518375", "\"startTimeEpoch\" : " + millis));
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long feed(ListMergeFilter filter, byte[] bytes, AtomicLong out) {
        ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
        filter.filter(in, buffer -> {
            out.addAndGet(buffer.readableBytes());
            buffer.release();
        });
        return in.refCnt();
    }

    private static AppDirectory directory(Application... applications) {
        return new AppDirectory(List.of(applications));
    }

    private static String merge(AppDirectory running, ListRequest request, String history) {
        return new String(
                Filtering.through(new ListMergeFilter(running, request), bytes(history)), StandardCharsets.UTF_8);
    }

    private static List<String> ids(String json) {
        try {
            List<String> ids = new ArrayList<>();
            new ObjectMapper()
                    .readTree(json)
                    .forEach(entry -> ids.add(entry.get("id").asText()));
            return ids;
        } catch (IOException notJson) {
            throw new AssertionError(json, notJson);
        }
    }
}
