// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.TrustedProxies;
import java.net.InetSocketAddress;

/**
 * What makes a listener.
 *
 * @param name for logs and the metrics' {@code listener} label
 * @param address where it binds; port 0 takes a free one
 * @param accessLogged whether its exchanges go to the access log
 * @param trustedProxies at first; see {@link HttpListener#trust}
 */
public record ListenerSpec(
        String name,
        InetSocketAddress address,
        HttpLimits limits,
        int maxConnections,
        boolean accessLogged,
        Authenticator authenticator,
        Router router,
        TrustedProxies trustedProxies) {
    /** Where every peer is a client. */
    public ListenerSpec(
            String name,
            InetSocketAddress address,
            HttpLimits limits,
            int maxConnections,
            boolean accessLogged,
            Authenticator authenticator,
            Router router) {
        this(name, address, limits, maxConnections, accessLogged, authenticator, router, TrustedProxies.NONE);
    }
}
