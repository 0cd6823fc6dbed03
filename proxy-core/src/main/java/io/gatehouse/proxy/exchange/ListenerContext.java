// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.metrics.ListenerMeters;
import io.gatehouse.proxy.net.MemoryPressure;

/** What the connections of one listener share. Safe for any thread. */
public final class ListenerContext {
    private final String name;
    private final boolean accessLogged;
    private final boolean shedsLoad;
    private final MemoryPressure memoryPressure;
    private final String scheme;
    private final ListenerMeters meters;
    private volatile boolean closed;
    private volatile HttpLimits limits;
    private volatile TrustedProxies trustedProxies = TrustedProxies.NONE;
    private volatile Boundary boundary = Boundary.OPEN;

    /**
     * @param scheme what clients speak here, {@code http} or {@code https}
     * @param accessLogged whether its exchanges go to the access log
     * @param shedsLoad whether it refuses requests while memory is exhausted
     */
    public ListenerContext(
            String name,
            String scheme,
            HttpLimits limits,
            boolean accessLogged,
            boolean shedsLoad,
            ProxyEnvironment environment) {
        this.name = name;
        this.scheme = scheme;
        this.limits = limits;
        this.accessLogged = accessLogged;
        this.shedsLoad = shedsLoad;
        this.memoryPressure = environment.memoryPressure();
        this.meters = environment.metrics().listener(name);
    }

    public String name() {
        return name;
    }

    /** What clients speak here: {@code http}, or {@code https} where the listener has TLS. */
    public String scheme() {
        return scheme;
    }

    /** Whether it accepts nobody any more. */
    public boolean isClosed() {
        return closed;
    }

    /** Called by the listener, from any thread, before it closes. */
    public void closed() {
        closed = true;
    }

    /** For connections that are accepted now. */
    public HttpLimits limits() {
        return limits;
    }

    /** Called on reload, from any thread. */
    public void use(HttpLimits newLimits) {
        limits = newLimits;
    }

    /** Whether there is too little memory for another request. */
    public boolean refusesRequests() {
        return shedsLoad && memoryPressure.level() == MemoryPressure.Level.REFUSE;
    }

    public boolean accessLogged() {
        return accessLogged;
    }

    /** Whose word counts about whom they speak for; nobody's at first. */
    public TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    /** Called before the listener is bound and on reload, from any thread; counts from the next request of each connection. */
    public void trust(TrustedProxies proxies) {
        trustedProxies = proxies;
    }

    /** What passes between clients and upstreams; everything at first. */
    public Boundary boundary() {
        return boundary;
    }

    /** Called before the listener accepts and on reload, from any thread; counts from the next request of each connection. */
    public void guard(Boundary newBoundary) {
        boundary = newBoundary;
    }

    public ListenerMeters meters() {
        return meters;
    }
}
