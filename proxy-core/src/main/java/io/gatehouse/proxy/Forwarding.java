// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What trusted proxies say of a request's way here. Each part is checked: what was not said, or not soundly, is absent.
 *
 * @param proxies whom the request came through, the client's side first; the last is the peer of the connection
 * @param scheme what the client spoke, {@code http} or {@code https}; null where nobody said it
 * @param host the client's Host, valid by the same rule; null where nobody said it
 * @param port the port that the client connected to; 0 where nobody said it
 * @param prefix the path below which a proxy has this server, and which it took off; {@code ""} where it did not
 */
public record Forwarding(
        List<InetAddress> proxies,
        @Nullable String scheme,
        @Nullable String host,
        int port,
        String prefix) {
    /** A request that came straight from the client, or from a peer whose word does not count. */
    public static final Forwarding NONE = new Forwarding(List.of(), null, null, 0, "");
}
