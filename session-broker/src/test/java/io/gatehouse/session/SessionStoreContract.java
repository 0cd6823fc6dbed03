// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} does. */
abstract class SessionStoreContract {
    private static final int THREADS = 32;

    final SteppedClock clock = new SteppedClock();
    private SessionStore store;

    /** An empty store that tells time by {@link #clock}. */
    abstract SessionStore newStore();

    @BeforeEach
    void open() {
        store = newStore();
    }

    @Test
    void whatNobodyClaimedIsNotFound() throws Exception {
        assertThat(SessionStoreContract.<SessionRecord>get(store.find(key("a"))))
                .isNull();
    }

    @Test
    void aClaimIsFound() throws Exception {
        SessionRecord won = claim("a", "s1");

        assertThat(won.server()).isEqualTo("s1");
        assertThat(won.pinned()).isFalse();
        assertThat(won.createdAt()).isEqualTo(clock.instant());
        assertThat(get(store.find(key("a")))).isEqualTo(won);
    }

    @Test
    void theLoserReadsTheWinnersRecord() throws Exception {
        SessionRecord won = claim("a", "s1");

        Claim second = get(store.claim(key("a"), "s2", true, SessionLimits.NONE));

        assertThat(second).isEqualTo(new Claim.Lost(won));
    }

    @Test
    void oneIdOfTwoUsersIsTwoSessions() throws Exception {
        claim("a", "s1");

        Claim other = get(store.claim(new SessionKey("pool", "Alice", "a"), "s2", false, SessionLimits.NONE));

        assertThat(other).isInstanceOf(Claim.Won.class);
    }

    @Test
    void ofManyThatClaimAtATimeOneWinsAndAllKnowWhere() throws Exception {
        List<Claim> claims = atATime(i -> get(store.claim(key("a"), "s" + i, false, SessionLimits.NONE)));

        List<SessionRecord> won = claims.stream()
                .filter(Claim.Won.class::isInstance)
                .map(claim -> ((Claim.Won) claim).record())
                .toList();
        assertThat(won).hasSize(1);
        assertThat(claims)
                .filteredOn(Claim.Lost.class::isInstance)
                .hasSize(THREADS - 1)
                .allSatisfy(lost -> assertThat(((Claim.Lost) lost).winner()).isEqualTo(won.get(0)));
    }

    @Test
    void aUserHasNoMoreSessionsThanTheLimitHoweverManyClaimAtATime() throws Exception {
        List<Claim> claims = atATime(i -> get(store.claim(key("session" + i), "s1", false, new SessionLimits(5, 0))));

        assertThat(claims).filteredOn(Claim.Won.class::isInstance).hasSize(5);
        assertThat(claims).filteredOn(new Claim.UserLimit(5)::equals).hasSize(THREADS - 5);
        assertThat(get(store.count("pool", "alice"))).isEqualTo(5);
    }

    @Test
    void aPoolHasNoMoreSessionsThanItsLimit() throws Exception {
        List<Claim> claims = atATime(
                i -> get(store.claim(new SessionKey("pool", "user" + i, "a"), "s1", false, new SessionLimits(1, 7))));

        assertThat(claims).filteredOn(Claim.Won.class::isInstance).hasSize(7);
        assertThat(claims).filteredOn(new Claim.PoolLimit(7)::equals).hasSize(THREADS - 7);
    }

    @Test
    void limitsCountInOnePool() throws Exception {
        claim("a", "s1");

        Claim elsewhere = get(store.claim(new SessionKey("other", "alice", "a"), "s1", false, new SessionLimits(1, 1)));

        assertThat(elsewhere).isInstanceOf(Claim.Won.class);
    }

    @Test
    void aSessionThatHasARecordIsFoundWhateverTheLimits() throws Exception {
        SessionRecord won = claim("a", "s1");

        assertThat(get(store.claim(key("a"), "s2", false, new SessionLimits(1, 1))))
                .isEqualTo(new Claim.Lost(won));
    }

    @Test
    void aRemovedSessionMakesRoom() throws Exception {
        SessionRecord won = claim("a", "s1");

        assertThat(get(store.remove(won))).isTrue();

        assertThat(get(store.count("pool", "alice"))).isZero();
        assertThat(get(store.claim(key("b"), "s1", false, new SessionLimits(1, 1))))
                .isInstanceOf(Claim.Won.class);
    }

    @Test
    void aLostSessionIsKnownAndTakesNoPlace() throws Exception {
        SessionRecord won = claim("a", "s1");

        SessionRecord lost = get(store.replace(won.withServerSideId("id").lost()));

        assertThat(lost).isNotNull();
        assertThat(lost.isLost()).isTrue();
        assertThat(get(store.find(key("a")))).isEqualTo(lost);
        assertThat(get(store.count("pool", "alice"))).isZero();
        assertThat(get(store.claim(key("b"), "s1", false, new SessionLimits(1, 1))))
                .isInstanceOf(Claim.Won.class);

        assertThat(get(store.remove(lost))).isTrue();
        assertThat(get(store.count("pool", "alice"))).isEqualTo(1);
    }

    @Test
    void whatAServerCallsASessionIsKept() throws Exception {
        SessionRecord won = claim("a", "s1");

        SessionRecord stored = get(store.replace(won.withServerSideId("its name")));

        assertThat(stored).isNotNull();
        assertThat(stored.serverSideId()).isEqualTo("its name");
        assertThat(stored.pinned()).isTrue();
    }

    @Test
    void aChangeIsStoredUnderANewVersion() throws Exception {
        SessionRecord won = claim("a", "s1");
        clock.pass(Duration.ofMinutes(1));

        SessionRecord stored = get(store.replace(won.withPin().usedAt(clock.instant())));

        assertThat(stored).isNotNull();
        assertThat(stored.pinned()).isTrue();
        assertThat(stored.lastActivity()).isEqualTo(clock.instant());
        assertThat(stored.version()).isNotEqualTo(won.version());
        assertThat(get(store.find(key("a")))).isEqualTo(stored);
    }

    @Test
    void whatWasReadBeforeAChangeChangesAndRemovesNothing() throws Exception {
        SessionRecord won = claim("a", "s1");
        SessionRecord stored = get(store.replace(won.withPin()));

        assertThat(SessionStoreContract.<SessionRecord>get(store.replace(won.usedAt(clock.instant()))))
                .isNull();
        assertThat(get(store.remove(won))).isFalse();

        assertThat(get(store.find(key("a")))).isEqualTo(stored);
    }

    @Test
    void whatWasReadBeforeARemovalDoesNotTouchTheNextClaim() throws Exception {
        SessionRecord first = claim("a", "s1");
        get(store.remove(first));
        SessionRecord second = claim("a", "s2");

        assertThat(get(store.remove(first))).isFalse();
        assertThat(SessionStoreContract.<SessionRecord>get(store.replace(first.withPin())))
                .isNull();

        assertThat(get(store.find(key("a")))).isEqualTo(second);
    }

    @Test
    void aPoolsSessionsAreListed() throws Exception {
        SessionRecord a = claim("a", "s1");
        SessionRecord b = claim("b", "s2");
        get(store.claim(new SessionKey("other", "alice", "c"), "s1", false, SessionLimits.NONE));

        assertThat(get(store.list("pool"))).containsExactlyInAnyOrder(a, b);
        assertThat(get(store.list("none"))).isEmpty();
    }

    private SessionRecord claim(String sessionId, String server) throws Exception {
        return ((Claim.Won) get(store.claim(key(sessionId), server, false, SessionLimits.NONE))).record();
    }

    static SessionKey key(String sessionId) {
        return new SessionKey("pool", "alice", sessionId);
    }

    static <T extends @Nullable Object> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get();
    }

    /** What one of many threads does. */
    private interface Attempt {
        Claim make(int thread) throws Exception;
    }

    private static List<Claim> atATime(Attempt attempt) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Claim>> work = IntStream.range(0, THREADS)
                    .<Callable<Claim>>mapToObj(i -> () -> attempt.make(i))
                    .toList();
            List<Claim> made = new ArrayList<>();
            for (Future<Claim> future : threads.invokeAll(work)) {
                made.add(future.get());
            }
            return made;
        }
    }
}
