// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which server an application is on, and who is waited for until that is said. */
class HistorySearchTest {
    private static final HistoryServer A = server("a");
    private static final HistoryServer B = server("b");
    private static final HistoryServer C = server("c");
    private static final HistoryServers ALL = new HistoryServers(List.of(A, B, C));
    private static final HistoryState UNKNOWN = HistoryState.Unknown.INSTANCE;
    private static final HistoryState UNREACHABLE = HistoryState.Unreachable.INSTANCE;
    private static final HistoryState HIDDEN = HistoryState.Hidden.INSTANCE;

    private final Map<HistoryServer, CompletableFuture<HistoryState>> answers = new HashMap<>();
    private final List<Runnable> graces = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final HistoryIndex index = new HistoryIndex(nanos::get);
    private final HistorySearch search = new HistorySearch((server, _) -> answers.get(server), index, graces::add);

    private static HistoryServer server(String name) {
        return new HistoryServer(name, UpstreamGroup.of(new Upstream(name, 18080)), "", null);
    }

    private CompletableFuture<HistoryAnswer> find() {
        ALL.all().forEach(server -> answers.put(server, new CompletableFuture<>()));
        return search.find(ALL, "app-1");
    }

    private CompletableFuture<HistoryAnswer> find(HistoryState a, HistoryState b, HistoryState c) {
        CompletableFuture<HistoryAnswer> found = find();
        answers.get(A).complete(a);
        answers.get(B).complete(b);
        answers.get(C).complete(c);
        return found;
    }

    @Test
    void theOneThatHasItIsFoundAndRemembered() {
        assertThat(find(UNKNOWN, finished(5), UNKNOWN).join()).isEqualTo(new HistoryAnswer(finished(5), B));
        assertThat(index.serverOf(ALL, "app-1")).isEqualTo(B);
    }

    @Test
    void whatIsFoundWhileOneIsSilentHoldsUntilThatIsHeardAgain() {
        // Given
        assertThat(find(UNREACHABLE, finished(5), UNKNOWN).join().server()).isEqualTo(B);
        assertThat(index.serverOf(ALL, "app-1")).isEqualTo(B);

        // When
        index.answered(A);

        // Then: it may have a copy that ended later
        assertThat(index.serverOf(ALL, "app-1")).isNull();
        find(finished(6), finished(5), UNKNOWN);
        assertThat(index.serverOf(ALL, "app-1")).isEqualTo(A);
    }

    @Test
    void oneThatComesLateCorrectsWhatWasLearned() {
        // Given
        CompletableFuture<HistoryAnswer> found = find();
        answers.get(B).complete(finished(1));
        answers.get(C).complete(UNKNOWN);
        graces.forEach(Runnable::run);
        assertThat(found.join().server()).isEqualTo(B);
        assertThat(index.serverOf(ALL, "app-1")).isEqualTo(B);

        // When
        answers.get(A).complete(finished(2));

        // Then
        assertThat(index.serverOf(ALL, "app-1")).isEqualTo(A);
    }

    @Test
    void onlyOneThatDoesNotAnswerIsSilent() {
        find(HistoryState.Unreachable.UNREADABLE, UNREACHABLE, UNKNOWN);
        assertThat(ALL.all()).filteredOn(index::isSilent).containsExactly(B);
        find(UNKNOWN, HistoryState.Unreachable.UNREADABLE, UNKNOWN);
        assertThat(index.isSilent(B))
                .as("our pool may be full because it hangs")
                .isTrue();
    }

    @Test
    void aSilentServerHasItsTurnEveryTenSecondsHoweverManyAsk() {
        // Given
        index.missed(A);
        int turns = 0;

        // When: two ask in a second, and give it a moment that is never enough
        for (int i = 0; i < 120; i++) {
            nanos.addAndGet(500_000_000L);
            turns += index.takeTurn(A) ? 1 : 0;
            index.missed(A);
        }

        // Then
        assertThat(turns).isEqualTo(5);
    }

    @Test
    void ofSeveralTheOneInWhichItEndedLast() {
        assertThat(find(finished(5), finished(7), finished(7)).join().server()).isEqualTo(B);
        assertThat(find(new HistoryState.Unfinished(null), UNKNOWN, finished(-1))
                        .join()
                        .server())
                .isEqualTo(C);
        assertThat(find(finished(5), finished(5), finished(5)).join().server()).isEqualTo(A);
    }

    @Test
    void whatNobodyHasIsOnlyUnknownWhereAllHaveSaidSo() {
        assertThat(find(UNKNOWN, UNKNOWN, UNKNOWN).join()).isEqualTo(HistoryAnswer.of(UNKNOWN));
        assertThat(find(UNKNOWN, UNREACHABLE, UNKNOWN).join()).isEqualTo(HistoryAnswer.of(UNREACHABLE));
        assertThat(find(UNKNOWN, UNREACHABLE, HIDDEN).join()).isEqualTo(new HistoryAnswer(HIDDEN, C));
        assertThat(index.serverOf(ALL, "app-1")).isNull();
    }

    @Test
    void nobodyIsForgottenBecauseAnotherAnswersAtOnce() {
        // Given
        ALL.all().forEach(server -> answers.put(server, new CompletableFuture<>()));
        answers.get(A).complete(finished(1));

        // When
        CompletableFuture<HistoryAnswer> found = search.find(ALL, "app-1");

        // Then
        assertThat(found).isNotDone();
        answers.get(B).complete(finished(2));
        answers.get(C).complete(UNKNOWN);
        assertThat(found.join().server()).isEqualTo(B);
    }

    @Test
    void oneThatHangsIsWaitedForAMomentWhereAnotherHasIt() {
        // Given
        CompletableFuture<HistoryAnswer> found = find();
        answers.get(B).complete(finished(1));
        answers.get(C).complete(UNKNOWN);
        assertThat(found).isNotDone();

        // When
        graces.forEach(Runnable::run);

        // Then
        assertThat(found).isCompletedWithValueMatching(answer -> B.equals(answer.server()));
    }

    @Test
    void oneThatHangsIsWaitedForWhereNobodyElseHasItAndNotTheNextTime() {
        // Given
        CompletableFuture<HistoryAnswer> first = find();
        answers.get(B).complete(UNKNOWN);
        answers.get(C).complete(UNKNOWN);
        graces.removeFirst().run();
        assertThat(first).isNotDone();

        // When: its deadline
        answers.get(A).complete(UNREACHABLE);

        // Then
        assertThat(first.join().state()).isEqualTo(UNREACHABLE);
        CompletableFuture<HistoryAnswer> next = find();
        answers.get(B).complete(UNKNOWN);
        answers.get(C).complete(UNKNOWN);
        graces.removeFirst().run();
        assertThat(next).isCompletedWithValue(HistoryAnswer.of(UNREACHABLE));
    }

    @Test
    void oneThatAnswersAgainIsWaitedForAgain() {
        // Given
        find(UNREACHABLE, UNKNOWN, UNKNOWN);
        find(UNKNOWN, UNKNOWN, UNKNOWN);

        // When
        CompletableFuture<HistoryAnswer> found = find();
        answers.get(B).complete(UNKNOWN);
        answers.get(C).complete(UNKNOWN);
        graces.forEach(Runnable::run);

        // Then
        assertThat(found).isNotDone();
        answers.get(A).complete(finished(1));
        assertThat(found.join().server()).isEqualTo(A);
    }

    @Test
    void whatIsRememberedIsBoundedInNumberAndAge() {
        // Given
        for (int i = 0; i < 2 * HistoryIndex.MOST; i++) {
            index.learn("app-" + i, A);
        }

        // Then
        long remembered = 0;
        for (int i = 0; i < 2 * HistoryIndex.MOST; i++) {
            remembered += index.serverOf(ALL, "app-" + i) == null ? 0 : 1;
        }
        assertThat(remembered).isBetween(HistoryIndex.MOST / 2L, (long) HistoryIndex.MOST);
        String last = "app-" + (2 * HistoryIndex.MOST - 1);
        assertThat(index.serverOf(ALL, last)).isEqualTo(A);
        assertThat(index.serverOf(new HistoryServers(List.of(B, C)), last)).isNull();

        // When
        nanos.addAndGet(901_000_000_000L);

        // Then
        assertThat(index.serverOf(ALL, last)).isNull();
    }

    private static HistoryState finished(long ended) {
        return new HistoryState.Finished(null, ended);
    }
}
