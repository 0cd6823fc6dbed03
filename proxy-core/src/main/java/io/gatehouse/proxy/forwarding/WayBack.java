// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Forwarding;
import io.gatehouse.proxy.TrustedProxies;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way from the peer of a connection back to the client. Each trusted proxy names the one before it; the first that is not
 * trusted is the client. Where the way ends earlier, by nonsense or by too many steps, the last one that was named is.
 */
final class WayBack {
    /** More proxies than any installation has; what a client writes before them is not looked at. */
    static final int MOST_PROXIES = 32;

    private final ClientInfo direct;
    private final TrustedProxies trusted;
    private final ArrayDeque<InetAddress> proxies = new ArrayDeque<>();
    private InetAddress client;

    WayBack(ClientInfo direct, TrustedProxies trusted) {
        this.direct = direct;
        this.trusted = trusted;
        this.client = direct.address();
    }

    /** The last one named says that it speaks for {@code before}; returns whether that one's word counts too. */
    boolean step(@Nullable InetAddress before) {
        if (before == null || proxies.size() == MOST_PROXIES) {
            return false;
        }
        proxies.addFirst(client);
        client = before;
        return trusted.trust(before);
    }

    /** What is known once the way has ended. */
    ClientInfo client(@Nullable String scheme, @Nullable String host, int port, String prefix) {
        return new ClientInfo(
                client,
                scheme == null ? direct.scheme() : scheme,
                new Forwarding(List.copyOf(proxies), scheme, host, port, prefix));
    }
}
