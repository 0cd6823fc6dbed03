// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class FloodGuardTest {
    private static final long LATER = Duration.ofSeconds(11).toNanos();

    private final FloodGuard guard = new FloodGuard(0);

    @Test
    void framesThatAskForNothingAreAFloodAfterSomeHundreds() {
        assertThat(steps(() -> guard.idle(0))).isBetween(100, 1000);
    }

    @Test
    void theyAreForgottenWithTheirWindow() {
        for (int i = 0; i < 400; i++) {
            assertThat(guard.idle(0)).isFalse();
        }
        assertThat(steps(() -> guard.idle(LATER))).isGreaterThan(400);
    }

    @Test
    void dataEarnsWindowUpdates() {
        // Ten thousand frames of data, and two updates for each
        for (int i = 0; i < 10_000; i++) {
            guard.data();
            assertThat(guard.idle(0)).isFalse();
            assertThat(guard.idle(0)).isFalse();
        }
    }

    @Test
    void halfOfManyCallsMayBeReset() {
        for (int i = 0; i < 5_000; i++) {
            guard.call();
            guard.call();
            assertThat(guard.reset(0, 0)).isFalse();
        }
    }

    /** Who ends with a hundred queries under way cancels them all. */
    @Test
    void allOfThoseThatHaveRunForLongMayBe() {
        for (int i = 0; i < 250; i++) {
            guard.call();
        }
        for (int i = 0; i < 250; i++) {
            assertThat(guard.reset(LATER, 0)).isFalse();
        }
    }

    @Test
    void allOfManyCallsMayNot() {
        assertThat(steps(() -> {
                    guard.call();
                    return guard.reset(0, 0);
                }))
                .isBetween(50, 100);
    }

    private static int steps(BooleanSupplier flood) {
        int steps = 1;
        while (!flood.getAsBoolean()) {
            steps++;
        }
        return steps;
    }
}
