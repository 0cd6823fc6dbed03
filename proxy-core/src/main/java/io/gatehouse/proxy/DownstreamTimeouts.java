// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.time.Duration;

/**
 * How long a client may take over each phase.
 *
 * @param head from the first byte of a head (or from the connection's start) to its last
 * @param keepAlive between a response and the next request
 * @param bodyStall the window in which {@code minBodyRate} is measured while we wait for the request's body
 * @param writeStall without any progress while the client does not read the response
 * @param minBodyRate bytes per second, averaged over {@code bodyStall}
 * @param tunnelIdle without a byte either way on a WebSocket
 */
public record DownstreamTimeouts(
        Duration head,
        Duration keepAlive,
        Duration bodyStall,
        Duration writeStall,
        int minBodyRate,
        Duration tunnelIdle) {
    public static final DownstreamTimeouts DEFAULT = new DownstreamTimeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            240,
            Duration.ofMinutes(10));

    private static final double NANOS_PER_SECOND = 1e9;

    /** How many bytes of a body have to come in each {@code bodyStall}; never less than something. */
    public double leastInStall() {
        return Math.max(1, minBodyRate * (double) bodyStall.toNanos() / NANOS_PER_SECOND);
    }
}
