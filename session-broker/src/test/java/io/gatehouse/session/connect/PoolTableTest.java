// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.SessionLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pools that are configured no more; {@link AdmissionTest} has how calls name those that are. */
class PoolTableTest {
    private static PoolSpec pool(String name, String... hosts) {
        return new PoolSpec(
                name,
                Set.of(hosts),
                Set.of(),
                Set.of(),
                new SessionLimits(1, 1),
                Duration.ofHours(1),
                false,
                List.of());
    }

    @Test
    void onesThatLeaveAreReachedByWhatNobodyElseHas() {
        PoolSpec old = pool("old", "A.example", "b.example");
        PoolSpec present = pool("new", "b.example");

        PoolTable table = new PoolTable(List.of(present), List.of(old), "new");

        assertThat(table.choose("old", "")).isSameAs(old);
        assertThat(table.choose(null, "a.example:15002")).isSameAs(old);
        assertThat(table.choose(null, "b.example:15002")).isSameAs(present);
        assertThat(table.choose(null, "c.example")).isSameAs(present);
        assertThat(table.pools()).containsExactlyInAnyOrder(old, present);
    }

    @Test
    void oneThatIsConfiguredAgainIsThatOne() {
        PoolSpec old = pool("etl");
        PoolSpec present = pool("etl");

        assertThat(new PoolTable(List.of(present), List.of(old), null).choose("etl", ""))
                .isSameAs(present);
    }
}
