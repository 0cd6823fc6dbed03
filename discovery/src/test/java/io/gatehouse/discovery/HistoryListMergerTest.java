// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.AnswerMerger;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists that break off, are asked for again, or are missing: what becomes of the one that is made of them. */
class HistoryListMergerTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final HistoryServers SERVERS = new HistoryServers(List.of(server("a"), server("b")));

    private final AtomicLong nanos = new AtomicLong();
    private final HistoryIndex index = new HistoryIndex(nanos::get);
    private final StringBuilder told = new StringBuilder();
    private AnswerMerger merger = merger(ListRequests.finished());

    private static HistoryServer server(String name) {
        return new HistoryServer(name, UpstreamGroup.of(new Upstream(name, 1)), "", null);
    }

    private AnswerMerger merger(ListRequest request) {
        return merger(request, Set.copyOf(SERVERS.all()));
    }

    private AnswerMerger merger(ListRequest request, Set<HistoryServer> waitedFor) {
        return merger(request, waitedFor, AppDirectory.EMPTY);
    }

    private AnswerMerger merger(ListRequest request, Set<HistoryServer> waitedFor, AppDirectory running) {
        return new HistoryListMerger(SERVERS.all(), waitedFor, running, request, index, 1);
    }

    @AfterEach
    void close() {
        merger.close();
    }

    private static String ended(String id, long end) {
        return SparkJson.entry(id, "n", end >= 0).replace("\"endTimeEpoch\" : -1", "\"endTimeEpoch\" : " + end);
    }

    private void begins(int part) throws HttpViolation {
        assertThat(merger.onHead(part, Heads.response(200, "Content-Type: application/json")))
                .isTrue();
    }

    /** As the exchange does it: what is wrong with a body is a failure of its part. */
    private void sends(int part, String text) {
        try {
            merger.onBody(part, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        } catch (HttpViolation violation) {
            merger.onFailed(part, violation.type());
        }
    }

    private void ends(int part) {
        try {
            merger.onEnd(part);
        } catch (HttpViolation violation) {
            merger.onFailed(part, violation.type());
        }
    }

    private void lists(int part, String... entries) throws HttpViolation {
        begins(part);
        sends(part, SparkJson.list(entries));
        ends(part);
    }

    private void breaksOff(int part) {
        merger.onFailed(part, ErrorType.HTTP_RESPONSE_INCOMPLETE);
    }

    /** The client takes all that there is. */
    private void pull() throws HttpViolation {
        ByteBuf out = Unpooled.buffer(64, AnswerMerger.MOST_BYTES);
        do {
            out.clear();
            merger.next(out);
            told.append(out.toString(StandardCharsets.UTF_8));
        } while (out.isReadable());
        out.release();
    }

    private @Nullable String incomplete() {
        LocalResponse head = Objects.requireNonNull(merger.head(), "nothing can be told yet");
        return head.fields().stream()
                .filter(field -> field.name().equals(ListRoutes.INCOMPLETE))
                .map(LocalResponse.Field::value)
                .findFirst()
                .orElse(null);
    }

    private List<String> ids() throws IOException {
        assertThat(merger.isOver()).as("all is told").isTrue();
        List<String> ids = new ArrayList<>();
        new ObjectMapper()
                .readTree(told.toString())
                .forEach(entry -> ids.add(entry.get("id").asText()));
        return ids;
    }

    @Test
    void nobodyIsAskedAgainWhileTheClientTakesNothing() throws Exception {
        // Given
        begins(A);
        begins(B);
        sends(A, "[ " + ended("a-1", 5));
        sends(B, "[ " + ended("b-1", 4));
        assertThat(incomplete()).isNull();
        pull();
        sends(A, ", " + ended("a-2", 3) + ", {\"id\"");

        // When
        breaksOff(A);

        // Then: what has come of it is wanted first
        assertThat(merger.restart(A)).isFalse();
        pull();
        assertThat(merger.restart(A)).isFalse();
        assertThat(told).contains("a-1", "b-1").doesNotContain("a-2");

        // When
        sends(B, ", " + ended("b-2", 2));
        pull();

        // Then
        assertThat(told).contains("a-2");
        assertThat(merger.restart(A)).isTrue();
        assertThat(merger.restart(A)).isFalse();

        // When: it breaks off where it did before
        begins(A);
        sends(A, "[ " + ended("a-1", 5) + ", " + ended("a-2", 3));
        breaksOff(A);

        // Then
        assertThat(merger.restart(A)).isFalse();
        assertThatThrownBy(this::pull).isInstanceOf(HttpViolation.class).hasMessageContaining("without an end");
        assertThat(merger.restart(A)).isFalse();
    }

    @Test
    void aServerThatIsGoneWhenItIsAskedAgainIsNotAskedOnceMore() throws Exception {
        // Given
        begins(A);
        lists(B, ended("b-1", 4));
        sends(A, "[ " + ended("a-1", 5) + ", ");
        assertThat(incomplete()).isNull();
        pull();
        breaksOff(A);
        assertThat(merger.restart(A)).isTrue();

        // When
        merger.onFailed(A, ErrorType.CONNECTION_REFUSED);

        // Then
        assertThat(merger.restart(A)).isFalse();
        assertThatThrownBy(this::pull).isInstanceOf(HttpViolation.class);
    }

    @Test
    void aListOfWhichAnotherServerHasEverythingGoesOnWhereItBrokeOff() throws Exception {
        // Given
        String[] entries = {ended("app-1", 9), ended("app-2", 8), ended("app-3", 7), ended("app-4", 6)};
        lists(A, entries);
        begins(B);
        sends(B, "[ " + entries[0] + ", " + entries[1]);
        assertThat(incomplete()).isNull();
        pull();

        // When
        breaksOff(B);

        // Then
        assertThat(merger.restart(B)).isTrue();
        begins(B);
        sends(B, "[ " + entries[0] + ", " + entries[1] + ", " + entries[2]);
        pull();
        breaksOff(B);
        assertThat(merger.restart(B)).isTrue();
        lists(B, entries);
        pull();
        assertThat(ids()).containsExactly("app-1", "app-2", "app-3", "app-4");
    }

    @Test
    void oneThatBreaksBeforeItsFirstEntryIsMissing() throws Exception {
        // Given
        begins(A);
        sends(A, "[ {\"id\" : ");

        // When
        breaksOff(A);
        lists(B, ended("b-1", 4));

        // Then
        assertThat(incomplete()).isEqualTo("a");
        pull();
        assertThat(ids()).containsExactly("b-1");
    }

    @Test
    void aClusterThatCannotBeSeenIsNamedWhereWhatRunsIsAskedFor() throws Exception {
        AppDirectory unseen = AppDirectory.EMPTY.with(Map.of(), Map.of("c-1", "The API server does not answer."));
        Set<HistoryServer> all = Set.copyOf(SERVERS.all());
        merger = merger(ListRequests.ALL, all, unseen);
        lists(A);
        lists(B);
        assertThat(incomplete()).isEqualTo("c-1");
        merger.close();

        merger = merger(ListRequests.ALL, all, unseen);
        lists(A);
        breaksOff(B);
        assertThat(incomplete()).isEqualTo("b, c-1");
        merger.close();

        merger = merger(ListRequests.finished(), all, unseen);
        lists(A);
        lists(B);
        assertThat(incomplete()).isNull();
    }

    @Test
    void oneThatCannotBeReadIsMissing() throws Exception {
        // Given
        begins(A);
        sends(A, "<html>");

        // When
        lists(B, ended("b-1", 4));

        // Then
        assertThat(incomplete()).isEqualTo("a");
        pull();
        assertThat(ids()).containsExactly("b-1");
    }

    @Test
    void oneThatEndsWithoutTheEndOfItsListIsMissingOnlyWhereNothingOfItCame() throws Exception {
        // Given
        begins(A);
        sends(A, "[ ");
        ends(A);
        lists(B, ended("b-1", 4));
        assertThat(incomplete()).isEqualTo("a");
        pull();
        assertThat(ids()).containsExactly("b-1");
        merger.close();

        // When
        merger = merger(ListRequests.finished());
        begins(A);
        sends(A, "[ " + ended("a-1", 5));
        ends(A);
        lists(B, ended("b-1", 4));

        // Then
        assertThat(incomplete()).isNull();
        assertThatThrownBy(this::pull).isInstanceOf(HttpViolation.class).hasMessageContaining("without an end");
    }

    @Test
    void whatEndedAfterAMomentOnlyDoesNotMakeAServerSilent() throws Exception {
        // Given: a server that has been found again while another list gave it a moment only
        merger = merger(ListRequests.finished(), Set.of(SERVERS.all().get(B)));
        merger.onFailed(A, ErrorType.HTTP_RESPONSE_TIMEOUT);
        assertThat(index.isSilent(SERVERS.all().get(A))).isFalse();

        // When: it was waited for
        merger = merger(ListRequests.finished());
        merger.onFailed(A, ErrorType.HTTP_RESPONSE_TIMEOUT);

        // Then
        assertThat(index.isSilent(SERVERS.all().get(A))).isTrue();
    }

    @Test
    void onlyWhatIsSilentCountsAsSilence() {
        merger.onFailed(A, ErrorType.CONNECTION_LIMIT_REACHED);
        merger.onFailed(B, ErrorType.HTTP_PROTOCOL_ERROR);
        assertThat(SERVERS.all()).noneMatch(index::isSilent);
    }

    @Test
    void theIndexLearnsWhereEveryCopyIsListed() throws Exception {
        lists(A, ended("both", -1));
        lists(B, ended("both", 5), ended("b-1", 4));
        assertThat(incomplete()).isNull();
        pull();
        assertThat(index.serverOf(SERVERS, "both")).isEqualTo(SERVERS.all().get(B));
        assertThat(index.serverOf(SERVERS, "b-1")).isEqualTo(SERVERS.all().get(B));
    }

    @Test
    void theIndexLearnsNothingWhereAListIsMissingOrFiltered() throws Exception {
        // Given: one is missing
        lists(A, ended("both", -1));
        merger.onFailed(B, ErrorType.CONNECTION_REFUSED);
        assertThat(incomplete()).isEqualTo("b");
        pull();

        // When: dates leave out the copy that ended last
        merger = merger(ListRequests.started(0, 1));
        lists(A, ended("both", -1));
        lists(B);
        assertThat(incomplete()).isNull();
        pull();

        // Then
        assertThat(told).contains("both");
        assertThat(index.serverOf(SERVERS, "both")).isNull();
    }

    @Test
    void anEntryThatIsTooLargeIsLeftOutAndEndsNothing() throws Exception {
        // Given
        String name = "[{\\\"".repeat(EntryScanner.LARGEST_ENTRY / 4);
        String large = ended("large", 6).replace("\"n\"", "\"" + name + "\"");
        begins(A);
        lists(B, ended("b-1", 4));

        // When: it comes in pieces
        String list = SparkJson.list(ended("a-1", 7), large, large, ended("a-2", 5));
        for (int at = 0; at < list.length(); at += 100_000) {
            sends(A, list.substring(at, Math.min(list.length(), at + 100_000)));
        }
        ends(A);
        assertThat(incomplete()).isNull();
        pull();

        // Then
        assertThat(ids()).containsExactly("a-1", "a-2", "b-1");
    }

    @Test
    void oneThatBrokeOffWhileAnotherWasWaitedForIsAskedAgainForTheRest() throws Exception {
        // Given: Spark closes a connection that takes nothing for eight seconds
        begins(A);
        sends(A, "[ " + ended("a-1", 5) + ", " + ended("a-2", 4) + ", ");
        breaksOff(A);
        assertThat(merger.restart(A)).isFalse();

        // When
        merger.onFailed(B, ErrorType.HTTP_RESPONSE_TIMEOUT);

        // Then
        assertThat(incomplete()).isEqualTo("b");
        pull();
        assertThat(merger.restart(A)).isTrue();
        lists(A, ended("a-1", 5), ended("a-2", 4), ended("a-3", 3));
        pull();
        assertThat(ids()).containsExactly("a-1", "a-2", "a-3");
    }
}
