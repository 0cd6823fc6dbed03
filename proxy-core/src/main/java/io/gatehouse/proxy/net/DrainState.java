// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import java.util.concurrent.atomic.AtomicInteger;

/** Whether the process takes leave of its clients, and how much is still in flight. Read by every exchange. */
public final class DrainState {
    private volatile boolean ending;
    private volatile boolean requested;
    private final AtomicInteger exchanges = new AtomicInteger();

    /** From now on responses end their connections, and idle connections are closed at the next beat, those of HTTP/2 a second after they were told. Not taken back. */
    public void begin() {
        ending = true;
    }

    /** The same as long as an operator wants it; a process that ends drains in any case. */
    public void request(boolean wanted) {
        requested = wanted;
    }

    public boolean isDraining() {
        return ending || requested;
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
