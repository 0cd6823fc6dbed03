// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the History Servers are asked for their lists, and what is shown of lists that are old. */
class FinishedApplicationsTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofMillis(20);
    private static final HistoryServer A = server("a");
    private static final HistoryServer B = server("b");
    private static final HistoryServers ONE = new HistoryServers(List.of(A));
    private static final HistoryServers OTHER = new HistoryServers(List.of(B));
    private static final HistoryServers BOTH = new HistoryServers(List.of(A, B));

    private final List<Question> asked = new ArrayList<>();
    private Duration time = Duration.ZERO;
    private Executor aside = Runnable::run;
    private final FinishedApplications finished = new FinishedApplications(
            (server, reader) -> {
                Question question = new Question(server, reader, new CompletableFuture<>());
                asked.add(question);
                return question.reply();
            },
            new HistoryIndex(this::nanos),
            this::nanos,
            () -> START.plus(time),
            task -> aside.execute(task));

    /** What a server has been asked, to be answered by the test. */
    private record Question(HistoryServer server, ListReader reader, CompletableFuture<UpstreamClient.Reply> reply) {
        void answer(String... ids) {
            String[] entries = new String[ids.length];
            for (int i = 0; i < ids.length; i++) {
                entries[i] = SparkJson.finished(ids[i]);
            }
            reader.accept(Unpooled.wrappedBuffer(SparkJson.bytes(SparkJson.list(entries))));
            reply.complete(new UpstreamClient.Reply(200, "application/json", "", new byte[0]));
        }

        void fail() {
            reply.completeExceptionally(
                    new UpstreamClient.CallFailedException(ErrorType.HTTP_RESPONSE_TIMEOUT, "no answer in time"));
        }
    }

    /** A hundred thousand of two servers' take the time of some hundred requests, and who asks is an event loop. */
    @Test
    void listsAreComparedAndMadeOneBesideWhoAsks() {
        // Given
        Queue<Runnable> beside = new ArrayDeque<>();
        aside = beside::add;

        // When
        CompletableFuture<HistorySnapshot> looked = finished.get(BOTH, Duration.ofMinutes(1));
        asked.get(0).answer("one");
        asked.get(1).answer("two");

        // Then: each server's list
        assertThat(beside).hasSize(2);
        beside.remove().run();
        beside.remove().run();
        // and both together
        assertThat(looked).isNotDone();
        beside.remove().run();
        assertThat(ids(looked.join())).containsExactly("one", "two");
        // When nothing has changed, nothing takes long.
        assertThat(ids(finished.get(BOTH, PATIENCE).join())).containsExactly("one", "two");
        assertThat(beside).isEmpty();
    }

    private static HistoryServer server(String name) {
        return new HistoryServer(name, UpstreamGroup.of(new Upstream(name, 18080)), "", null);
    }

    private long nanos() {
        return time.toNanos();
    }

    private void pass(long seconds) {
        time = time.plusSeconds(seconds);
    }

    private CompletableFuture<HistorySnapshot> look(HistoryServers servers) {
        return finished.get(servers, PATIENCE);
    }

    private static List<String> ids(HistorySnapshot snapshot) {
        return snapshot.rows().stream().map(ListedApplication::id).toList();
    }

    /** The first look at one server, which answers at once. */
    private void given(String... ids) {
        look(ONE);
        asked.getLast().answer(ids);
    }

    @ParameterizedTest
    @CsvSource({
        // took, silence, asked again
        "0,   5, false",
        "0,   6, true",
        "30, 299, false",
        "30, 301, true",
    })
    void aListIsMadeAnewWhenItIsDueAndNobodyWaitsForThat(long took, long silence, boolean again) {
        // Given
        look(ONE);
        pass(took);
        asked.getFirst().answer("old-1");

        // When
        pass(silence);
        CompletableFuture<HistorySnapshot> list = look(ONE);

        // Then
        assertThat(asked).hasSize(again ? 2 : 1);
        assertThat(list).isCompleted();
        assertThat(ids(list.join())).containsExactly("old-1");
        assertThat(list.join().missing()).isEmpty();
    }

    @Test
    void afterFailuresItIsAskedAgainSoonAndThenMoreSeldom() {
        given("old-1");
        pass(6);
        look(ONE);
        // A hang, which takes its time
        pass(60);
        asked.getLast().fail();
        for (int pause : new int[] {5, 10, 20, 40, 60, 60}) {
            int before = asked.size();
            pass(pause);
            look(ONE);
            assertThat(asked).as("after %d s", pause).hasSize(before);
            pass(1);
            look(ONE);
            assertThat(asked).as("after more than %d s", pause).hasSize(before + 1);
            asked.getLast().fail();
        }

        // When
        pass(61);
        look(ONE);
        asked.getLast().answer("old-2");
        pass(6);
        look(ONE);
        asked.getLast().fail();
        pass(6);
        look(ONE);

        // Then: what was before the answer counts no more
        assertThat(asked).hasSize(11);
    }

    @Test
    void anOldListIsShownForWhatItIsWhenNoOtherComesInTime() throws Exception {
        // Given
        given("old-1");
        pass(720);

        // When
        CompletableFuture<HistorySnapshot> list = look(ONE);

        // Then
        assertThat(list).isNotCompleted();
        HistorySnapshot snapshot = list.get(10, TimeUnit.SECONDS);
        assertThat(ids(snapshot)).containsExactly("old-1");
        assertThat(snapshot.missing()).containsExactly("a");
        assertThat(snapshot.parts().getFirst().heard()).isEqualTo(START);

        // When: those who come later do not wait for it again
        CompletableFuture<HistorySnapshot> next = look(ONE);

        // Then
        assertThat(next).isCompleted();
        assertThat(next.join().missing()).containsExactly("a");

        // When
        asked.getLast().answer("old-2");

        // Then
        assertThat(ids(look(ONE).join())).containsExactly("old-2");
        assertThat(look(ONE).join().missing()).isEmpty();
    }

    @Test
    void whoWaitsForAListThatIsOldGetsTheNewOne() {
        given("old-1");
        pass(720);
        CompletableFuture<HistorySnapshot> list = finished.get(ONE, Duration.ofMinutes(1));
        asked.getLast().answer("old-2");
        assertThat(ids(list.join())).containsExactly("old-2");
        assertThat(list.join().missing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"3600, old-1", "3601, ''"})
    void whatIsTooOldIsNotHeldAnyMore(long age, String shown) {
        given("old-1");
        look(ONE);
        pass(age - 2);
        look(ONE);
        asked.getLast().fail();
        pass(2);
        HistorySnapshot list = look(ONE).join();
        assertThat(String.join(" ", ids(list))).isEqualTo(shown);
        assertThat(list.missing()).containsExactly("a");
    }

    @Test
    void configurationsThatReplaceEachOtherDoNotAskAnewEachTime() {
        // Given
        given("old-1");

        // When: some still ask by the configuration before
        for (int i = 0; i < 10; i++) {
            look(OTHER);
            look(ONE);
            look(BOTH);
        }

        // Then
        assertThat(asked).extracting(Question::server).containsExactly(A, B);
        asked.getLast().answer("new-1");
        assertThat(ids(look(BOTH).join())).containsExactly("old-1", "new-1");

        // When: nobody has for a minute
        pass(61);
        look(OTHER);
        asked.getLast().answer("new-1");
        pass(2);
        look(ONE);

        // Then: it was let go of
        assertThat(look(ONE)).isNotCompleted();
    }

    @Test
    void theRowsAreTheSameObjectsUntilThereAreOthers() {
        given("old-1");
        List<ListedApplication> rows = look(ONE).join().rows();
        pass(6);
        look(ONE);
        asked.getLast().answer("old-1");
        assertThat(look(ONE).join().rows()).isSameAs(rows);
    }

    @Test
    void ofSeveralOneThatHasNeverAnsweredIsWaitedForOnceAndNamed() throws Exception {
        CompletableFuture<HistorySnapshot> list = look(BOTH);
        asked.getFirst().answer("old-1");
        HistorySnapshot snapshot = list.get(10, TimeUnit.SECONDS);
        assertThat(ids(snapshot)).containsExactly("old-1");
        assertThat(snapshot.missing()).containsExactly("b");
        assertThat(look(BOTH)).isCompleted();
    }
}
