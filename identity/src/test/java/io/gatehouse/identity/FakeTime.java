// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Both clocks, which go on only when a test says so. */
final class FakeTime implements InstantSource {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private volatile Duration passed = Duration.ZERO;

    @Override
    public Instant instant() {
        return START.plus(passed);
    }

    long nanos() {
        return passed.toNanos();
    }

    void pass(Duration time) {
        passed = passed.plus(time);
    }
}
