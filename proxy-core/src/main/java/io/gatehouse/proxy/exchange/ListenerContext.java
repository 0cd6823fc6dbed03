// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.metrics.ListenerMeters;

/** What the connections of one listener share. Safe for any thread. */
public final class ListenerContext {
    private final String name;
    private final HttpLimits limits;
    private final boolean accessLogged;
    private final Authenticator authenticator;
    private final Router router;
    private final ListenerMeters meters;
    private volatile TrustedProxies trustedProxies = TrustedProxies.NONE;

    public ListenerContext(
            String name,
            HttpLimits limits,
            boolean accessLogged,
            Authenticator authenticator,
            Router router,
            ProxyEnvironment environment) {
        this.name = name;
        this.limits = limits;
        this.accessLogged = accessLogged;
        this.authenticator = authenticator;
        this.router = router;
        this.meters = environment.metrics().listener(name);
    }

    public String name() {
        return name;
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

    /** What clients speak here. */
    public String scheme() {
        return "http";
    }

    /** Whose word counts about whom they speak for; nobody's at first. */
    public TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    /** Called before the listener is bound and on reload, from any thread; counts from the next request of each connection. */
    public void trust(TrustedProxies proxies) {
        trustedProxies = proxies;
    }

    public ListenerMeters meters() {
        return meters;
    }
}
