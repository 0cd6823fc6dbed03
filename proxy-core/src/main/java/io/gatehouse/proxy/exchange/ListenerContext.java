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
    private final ListenerMeters meters;

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

    public ListenerMeters meters() {
        return meters;
    }
}
