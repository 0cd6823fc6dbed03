// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until a test moves it. */
public final class SteppedClock implements InstantSource {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private volatile Instant now = START;

    public void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** The same time as a monotonic clock. */
    public long nanos() {
        return Duration.between(START, now).toNanos();
    }
}
