// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.metrics;

import io.gatehouse.proxy.ErrorType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

/**
 * The meters of the proxy. Names and labels are public surface (docs/metrics.md); labels are bounded: listener, route,
 * method, status, reason, never an application, a user or a path.
 */
public final class ProxyMetrics {
    private final MeterRegistry registry;
    private final Map<String, ListenerMeters> listeners = new ConcurrentHashMap<>();
    private final Map<String, RouteMeters> upstreamRoutes = new ConcurrentHashMap<>();
    private final List<IntSupplier> openUpstreamConnections = new CopyOnWriteArrayList<>();
    private final List<IntSupplier> ejectedUpstreams = new CopyOnWriteArrayList<>();
    private final Counter accessLogDropped;

    public ProxyMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder(
                        "gatehouse.upstream.connections",
                        openUpstreamConnections,
                        all -> all.stream().mapToInt(IntSupplier::getAsInt).sum())
                .description("Open connections to upstreams")
                .register(registry);
        Gauge.builder(
                        "gatehouse.upstream.ejected",
                        ejectedUpstreams,
                        all -> all.stream().mapToInt(IntSupplier::getAsInt).sum())
                .description("Upstreams that get no requests at present because they were failing")
                .register(registry);
        this.accessLogDropped = Counter.builder("gatehouse.access.log.dropped")
                .description("Access log lines lost because the output did not keep up")
                .register(registry);
    }

    /** The meters of a listener; made at its first use and kept. */
    public ListenerMeters listener(String name) {
        return listeners.computeIfAbsent(name, listener -> new ListenerMeters(registry, listener));
    }

    /** The meters of requests to upstreams by route; made at their first use and kept. */
    public RouteMeters upstreamRoute(String route) {
        return upstreamRoutes.computeIfAbsent(route, name -> new RouteMeters(registry, name));
    }

    /** Adds the upstream connections of one event loop to the gauge. */
    public void observeLoop(IntSupplier openConnections) {
        openUpstreamConnections.add(openConnections);
    }

    /** Shows the pressure on memory: 0 for none, 1 where connections are ended, 2 where requests are refused. */
    public void observeMemoryPressure(IntSupplier level) {
        Gauge.builder("gatehouse.memory.pressure", level, IntSupplier::getAsInt)
                .description("0: none; 1: connections are ended; 2: new requests are refused")
                .strongReference(true)
                .register(registry);
    }

    /** Adds the ejected upstreams of a process to the gauge; asked from the scraping thread. */
    public void observeEjected(IntSupplier ejected) {
        ejectedUpstreams.add(ejected);
    }

    public Counter accessLogDropped() {
        return accessLogDropped;
    }

    /** What a route's requests to upstreams are counted with. */
    public static final class RouteMeters {
        private final Map<ErrorType, Counter> errors = new ConcurrentHashMap<>();
        private final MeterRegistry registry;
        private final String route;
        private final Counter retries;
        private final Counter ejections;

        RouteMeters(MeterRegistry registry, String route) {
            this.registry = registry;
            this.route = route;
            this.retries = Counter.builder("gatehouse.upstream.retries")
                    .description(
                            "Requests sent again: a kept connection was closed, or another upstream could not be reached")
                    .tag("route", route)
                    .register(registry);
            this.ejections = Counter.builder("gatehouse.upstream.ejections")
                    .description("Times that a failing upstream was taken out of its group")
                    .tag("route", route)
                    .register(registry);
        }

        public void error(ErrorType type) {
            errors.computeIfAbsent(
                            type,
                            error -> Counter.builder("gatehouse.upstream.errors")
                                    .description("Requests that an upstream did not answer properly, by RFC 9209 name")
                                    .tag("route", route)
                                    .tag("reason", error.token())
                                    .register(registry))
                    .increment();
        }

        public void retry() {
            retries.increment();
        }

        public void ejection() {
            ejections.increment();
        }
    }
}
