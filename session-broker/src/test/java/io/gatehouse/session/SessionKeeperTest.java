// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionKeeperTest {
    private static final Upstream A = new Upstream("a", 15002);
    private static final Duration IDLE = Duration.ofHours(1);

    private final SteppedClock clock = new SteppedClock();
    private final FakeSpark spark = new FakeSpark();
    private final MemorySessionStore store = new MemorySessionStore(clock, 100);
    private final StaticFleet fleet =
            new StaticFleet(Map.of("etl", List.of(Server.of("a", A, null))), spark, clock::nanos);
    private final List<PoolSpec> pools = new ArrayList<>();

    @Test
    void aSessionThatNobodyUsesIsEndedAtItsServerToo() {
        // Given
        spark.give(A, "alice", "one");
        claim("one", true);
        SessionKeeper keeper = keeper(true);

        // When
        clock.pass(IDLE);
        keeper.tick();

        // Then
        assertThat(store.all()).hasSize(1);

        // When
        clock.pass(Duration.ofSeconds(1));
        keeper.tick();

        // Then
        assertThat(store.all()).isEmpty();
        assertThat(spark.has(A, "alice", "one")).isFalse();
    }

    @Test
    void whereOthersUseTheServersOnlyTheRecordGoes() {
        // Given
        spark.give(A, "alice", "one");
        claim("one", true);

        // When
        clock.pass(IDLE.plusSeconds(1));
        keeper(false).tick();

        // Then
        assertThat(store.all()).isEmpty();
        assertThat(spark.has(A, "alice", "one")).isTrue();
    }

    @Test
    void aClaimThatNoSessionFollowedIsDroppedEarlier() {
        // Given
        claim("pinned", true);
        claim("claimed", false);

        // When
        clock.pass(SessionKeeper.CLAIM_LIFE.plusSeconds(1));
        keeper(true).tick();

        // Then
        assertThat(store.all()).extracting(record -> record.key().sessionId()).containsExactly("pinned");
    }

    @Test
    void sessionsOfAPoolThatIsConfiguredNoMoreEndAsWell() {
        // Given
        SessionKeeper keeper = keeper(true);
        claim("one", true);
        keeper.tick();

        // When
        pools.clear();
        clock.pass(IDLE.plusSeconds(1));
        keeper.tick();

        // Then
        assertThat(store.all()).isEmpty();
    }

    private void claim(String sessionId, boolean pinned) {
        assertThat(store.claim(new SessionKey("etl", "alice", sessionId), "a", pinned, SessionLimits.NONE))
                .isCompleted();
    }

    private SessionKeeper keeper(boolean endIdleSessions) {
        pools.add(new PoolSpec(
                "etl", Set.of(), Set.of(), Set.of(), SessionLimits.NONE, IDLE, endIdleSessions, List.of()));
        return new SessionKeeper(() -> pools, store, fleet, spark, clock);
    }
}
