// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.time.Duration;

/**
 * When a failing member of an {@link UpstreamGroup} gets no requests for a while, and for how long.
 *
 * @param consecutiveErrors gateway errors in a row after which it is ejected
 * @param firstDelay until one request is tried again; doubles each time that one fails too
 * @param maxDelay the longest such delay
 */
public record EjectionPolicy(int consecutiveErrors, Duration firstDelay, Duration maxDelay) {
    public static final EjectionPolicy DEFAULT = new EjectionPolicy(5, Duration.ofSeconds(1), Duration.ofSeconds(60));

    public EjectionPolicy {
        if (consecutiveErrors < 1 || !firstDelay.isPositive() || maxDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException("an ejection comes after some errors and lasts some time");
        }
    }
}
