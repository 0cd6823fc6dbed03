// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** Hand-overs whose History Server says what a test wants, at once. */
final class HandOvers {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private HandOvers() {}

    /** Of whatever application: that. */
    static HandOver knowing(HistoryState entry) {
        return new HandOver(
                (servers, _) -> CompletableFuture.completedFuture(new HistoryAnswer(entry, servers.first())),
                InstantSource.fixed(NOW));
    }

    /** Fails a test in which the History Server is asked at all. */
    static HandOver askingNobody() {
        return new HandOver(
                (_, id) -> {
                    throw new AssertionError("the History Server was asked for " + id);
                },
                InstantSource.fixed(NOW));
    }

    /** Our list with what a History Server lists. */
    static AppsRoutes listing(HistorySnapshot history) {
        return new AppsRoutes(
                (_, _) -> CompletableFuture.completedFuture(history), InstantSource.fixed(NOW), Runnable::run);
    }
}
