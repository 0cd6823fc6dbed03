// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.metrics.ListenerMeters;

/** What the connections of one listener share. Safe for any thread. */
public final class ListenerContext {
    private final String name;
    private final HttpLimits limits;
    private final boolean accessLogged;
    private final Authenticator authenticator;
    private final Router router;
    private final String scheme;
    private final ListenerMeters meters;

    /** {@code scheme}: what clients speak here, {@code http} or {@code https}. */
    public ListenerContext(
            String name,
            String scheme,
            HttpLimits limits,
            boolean accessLogged,
            Authenticator authenticator,
            Router router,
            ProxyEnvironment environment) {
        this.name = name;
        this.scheme = scheme;
        this.limits = limits;
        this.accessLogged = accessLogged;
        this.authenticator = authenticator;
        this.router = router;
        this.meters = environment.metrics().listener(name);
    }

    public String name() {
        return name;
    }

    /** What clients speak here: {@code http}, or {@code https} where the listener has TLS. */
    public String scheme() {
        return scheme;
    }

    public HttpLimits limits() {
        return limits;
    }

    public boolean accessLogged() {
        return accessLogged;
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    public Router router() {
        return router;
    }

    public ListenerMeters meters() {
        return meters;
    }
}
