// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

/**
 * How much of one upstream this process uses at once. Each event loop has an equal share, and at least one of each.
 *
 * @param maxConnections open connections; where more are open after a change, those that become free are closed
 * @param maxPending requests that wait for a connection
 */
public record UpstreamLimits(int maxConnections, int maxPending) {
    public static final UpstreamLimits DEFAULT = new UpstreamLimits(256, 1024);

    public UpstreamLimits {
        if (maxConnections < 1 || maxPending < 0) {
            throw new IllegalArgumentException("connections and waiting requests are counts");
        }
    }
}
