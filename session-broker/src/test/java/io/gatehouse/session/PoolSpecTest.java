// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Principal;
import io.gatehouse.session.PoolSpec.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolSpecTest {
    private static final Principal ALICE = new Principal("alice", Set.of("data"));

    @Test
    void aPoolWithoutAListIsOpenToEverybody() {
        assertThat(pool(Set.of(), Set.of(), List.of()).isOpenTo(ALICE)).isTrue();
    }

    @Test
    void aPoolIsOpenToThoseItNamesAndToTheirGroupsByTheLetter() {
        assertThat(pool(Set.of("alice"), Set.of(), List.of()).isOpenTo(ALICE)).isTrue();
        assertThat(pool(Set.of("bob"), Set.of("data"), List.of()).isOpenTo(ALICE))
                .isTrue();
        assertThat(pool(Set.of("Alice"), Set.of("Data"), List.of()).isOpenTo(ALICE))
                .isFalse();
    }

    @Test
    void theLastQuotaThatFitsCounts() {
        PoolSpec pool = pool(
                Set.of(),
                Set.of(),
                List.of(
                        new Quota(Set.of("alice"), Set.of(), 7),
                        new Quota(Set.of(), Set.of("data"), 9),
                        new Quota(Set.of("alice"), Set.of(), 0),
                        new Quota(Set.of("bob"), Set.of(), 1)));

        assertThat(pool.limitsOf(ALICE)).isEqualTo(new SessionLimits(9, 200));
        assertThat(pool.limitsOf(new Principal("carol"))).isEqualTo(new SessionLimits(5, 200));
    }

    private static PoolSpec pool(Set<String> users, Set<String> groups, List<Quota> quotas) {
        return new PoolSpec(
                "etl", Set.of(), users, groups, new SessionLimits(5, 200), Duration.ofHours(12), false, quotas);
    }
}
