// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each client of a listener has open. For any thread.
 *
 * <p>An IPv6 client is its first 64 bits: the rest of an address is its own to choose, so that one machine could have any
 * number of them (RFC 4291 section 2.5.4).
 */
final class ClientCounts {
    private final Map<Long, Integer> open = new ConcurrentHashMap<>();

    /** Counts one more, unless the client has {@code limit} already; returns whether it was counted. */
    boolean add(InetAddress client, int limit) {
        int count = open.merge(key(client), 1, Integer::sum);
        if (count <= limit) {
            return true;
        }
        remove(client);
        return false;
    }

    /** One that was counted is closed. */
    void remove(InetAddress client) {
        open.computeIfPresent(key(client), (key, count) -> count == 1 ? null : count - 1);
    }

    /** Clients with a connection. */
    int clients() {
        return open.size();
    }

    /** IPv4 addresses stand where IPv6 has a prefix that is never a client's (::/16). */
    private static long key(InetAddress client) {
        ByteBuffer bytes = ByteBuffer.wrap(client.getAddress());
        return client instanceof Inet4Address ? Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
    }
}
