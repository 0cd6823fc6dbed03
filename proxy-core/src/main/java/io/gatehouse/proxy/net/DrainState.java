// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import java.util.concurrent.atomic.AtomicInteger;

/** Whether the process is shutting down, and how much is still in flight. Read by every exchange, set once. */
public final class DrainState {
    private volatile boolean draining;
    private final AtomicInteger exchanges = new AtomicInteger();

    /** From now on responses end their connections, and idle connections are closed at the next beat. */
    public void begin() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }

    /** Requests that have begun and not ended, over all listeners. */
    public int exchangesInFlight() {
        return exchanges.get();
    }

    public void exchangeBegan() {
        exchanges.incrementAndGet();
    }

    public void exchangeEnded() {
        exchanges.decrementAndGet();
    }
}
