// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A router as most tests want it: everybody may do everything, and no History Server is asked. */
final class RouterUnderTest {
    private final Supplier<UiRouting> routing;
    private final Supplier<AppDirectory> directory;
    private Consumer<String> missed = id -> {};
    private HandOver handOver = HandOvers.askingNobody();
    private BooleanSupplier ready = () -> true;
    private Supplier<UiSafety> safety = () -> UiSafety.OPEN;

    private RouterUnderTest(Supplier<UiRouting> routing, Supplier<AppDirectory> directory) {
        this.routing = routing;
        this.directory = directory;
    }

    static RouterUnderTest of(Supplier<UiRouting> routing, Supplier<AppDirectory> directory) {
        return new RouterUnderTest(routing, directory);
    }

    RouterUnderTest whenMissed(Consumer<String> asked) {
        this.missed = asked;
        return this;
    }

    RouterUnderTest handOver(HandOver newHandOver) {
        this.handOver = newHandOver;
        return this;
    }

    RouterUnderTest ready(BooleanSupplier newReady) {
        this.ready = newReady;
        return this;
    }

    RouterUnderTest safety(Supplier<UiSafety> newSafety) {
        this.safety = newSafety;
        return this;
    }

    UiRouter build() {
        return new UiRouter(
                routing, directory, missed, handOver, HandOvers.listing(HistorySnapshot.NOTHING), ready, safety);
    }
}
