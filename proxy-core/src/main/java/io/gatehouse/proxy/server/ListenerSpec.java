// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.tls.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What makes a listener.
 *
 * @param name for logs and the metrics' {@code listener} label
 * @param address where it binds; port 0 takes a free one
 * @param limits at first; see {@link HttpListener#use}
 * @param accessLogged whether its exchanges go to the access log
 * @param shedsLoad whether it refuses requests while memory is exhausted; not where probes come in
 * @param tls null for plain HTTP; the caller closes it after the runtime
 * @param proxyProtocolFrom which peers begin their connections with a PROXY header; null for nobody
 * @param trustedProxies at first; see {@link HttpListener#trust}
 */
public record ListenerSpec(
        String name,
        InetSocketAddress address,
        ListenerLimits limits,
        boolean accessLogged,
        boolean shedsLoad,
        Service service,
        @Nullable ServerTls tls,
        @Nullable Predicate<InetAddress> proxyProtocolFrom,
        TrustedProxies trustedProxies) {
    /** HTTP/1.1 without TLS; every peer is a client that speaks for itself. */
    public ListenerSpec(
            String name,
            InetSocketAddress address,
            ListenerLimits limits,
            boolean accessLogged,
            boolean shedsLoad,
            Authenticator authenticator,
            Router router) {
        this(
                name,
                address,
                limits,
                accessLogged,
                shedsLoad,
                new Service.Http(authenticator, router),
                null,
                null,
                TrustedProxies.NONE);
    }

    /** What clients speak here. */
    public String scheme() {
        return tls == null ? "http" : "https";
    }
}
