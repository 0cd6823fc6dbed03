// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.HttpLimits;

/**
 * What a listener's clients may use up. May change while connections are open: what is open stays so, and new connections
 * find the new limits.
 *
 * @param http of each message
 * @param maxConnections open at once
 * @param maxConnectionsPerClient open at once from one address, the peer's of the TCP connection; 0 for no cap
 */
public record ListenerLimits(HttpLimits http, int maxConnections, int maxConnectionsPerClient) {
    public ListenerLimits {
        if (maxConnections < 1 || maxConnectionsPerClient < 0) {
            throw new IllegalArgumentException("connections are counts");
        }
    }
}
