// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.metrics;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.http1.Method;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The meters of one listener. Safe for any thread; a request costs one look-up by route, two in arrays and four additions. */
public final class ListenerMeters {
    /** OpenTelemetry's buckets for HTTP, and some for slow pages. */
    private static final Duration[] BUCKETS = LongStream.of(
                    5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000, 30_000, 60_000, 300_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final int STATUSES = 600;

    private final MeterRegistry registry;
    private final String listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final Counter connectionsAccepted;
    private final Counter connectionsRefused;
    private final Counter readsPausedNanos;
    private final Counter tlsHandshakeFailures;
    private final Counter proxyProtocolErrors;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();

    ListenerMeters(MeterRegistry registry, String listener) {
        this.registry = registry;
        this.listener = listener;
        Gauge.builder("gatehouse.downstream.connections", connections, AtomicInteger::get)
                .description("Open client connections")
                .tag("listener", listener)
                .register(registry);
        // Not "connections.total": to Prometheus that is the gauge's name with the suffix every counter has.
        this.connectionsAccepted = Counter.builder("gatehouse.downstream.connections.accepted")
                .description("Client connections accepted")
                .tag("listener", listener)
                .register(registry);
        this.connectionsRefused = Counter.builder("gatehouse.downstream.connections.refused")
                .description("Client connections refused at the listener's cap")
                .tag("listener", listener)
                .register(registry);
        this.readsPausedNanos = Counter.builder("gatehouse.reads.paused.seconds")
                .description("Time in which reading from clients stood still because an upstream did not take more")
                .tag("listener", listener)
                .register(registry);
        this.tlsHandshakeFailures = Counter.builder("gatehouse.tls.handshake.failures")
                .description("Client connections whose TLS handshake failed")
                .tag("listener", listener)
                .register(registry);
        this.proxyProtocolErrors = Counter.builder("gatehouse.proxy.protocol.errors")
                .description("Connections closed because their PROXY header was missing, malformed or late")
                .tag("listener", listener)
                .register(registry);
    }

    public void connectionOpened() {
        connections.incrementAndGet();
        connectionsAccepted.increment();
    }

    public void connectionClosed() {
        connections.decrementAndGet();
    }

    public void connectionRefused() {
        connectionsRefused.increment();
    }

    public void readsPaused(long nanos) {
        readsPausedNanos.increment(nanos / 1e9);
    }

    public void tlsHandshakeFailed() {
        tlsHandshakeFailures.increment();
    }

    public void proxyProtocolFailed() {
        proxyProtocolErrors.increment();
    }

    /** Shows when the first of the listener's certificates ceases to be valid; {@code expiry} is asked at each scrape. */
    public void observeCertificates(Supplier<Instant> expiry) {
        Gauge.builder(
                        "gatehouse.tls.certificate.expiry.timestamp.seconds",
                        () -> expiry.get().getEpochSecond())
                .description("When the first of the listener's certificates ceases to be valid")
                .tag("listener", listener)
                .register(registry);
    }

    /** The meters of a route. */
    public Route route(String route) {
        Route known = routes.get(route);
        return known != null ? known : routes.computeIfAbsent(route, Route::new);
    }

    /** What one route's exchanges are counted with. */
    public final class Route {
        private final String name;
        private final AtomicReferenceArray<@Nullable Counter> requests =
                new AtomicReferenceArray<>(Method.values().length * STATUSES);
        private final Timer duration;
        private final Counter requestBytes;
        private final Counter responseBytes;
        private final Map<ErrorType, Counter> errors = new ConcurrentHashMap<>();
        private final Map<GrpcStatus, Counter> calls = new ConcurrentHashMap<>();

        private Route(String name) {
            this.name = name;
            this.duration = Timer.builder("gatehouse.request.duration")
                    .description("From the head of the request to the end of the response")
                    .tag("listener", listener)
                    .tag("route", name)
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry);
            this.requestBytes = body("gatehouse.request.body.bytes", "Bytes of request bodies");
            this.responseBytes = body("gatehouse.response.body.bytes", "Bytes of response bodies");
        }

        /** Counts an exchange that has ended. */
        public void exchange(Method method, int status, long nanos, long bytesIn, long bytesOut) {
            counter(method, status).increment();
            duration.record(nanos, TimeUnit.NANOSECONDS);
            if (bytesIn > 0) {
                requestBytes.increment((double) bytesIn);
            }
            if (bytesOut > 0) {
                responseBytes.increment((double) bytesOut);
            }
        }

        /** Counts a call of gRPC that has ended, beside {@link #exchange}. */
        public void call(GrpcStatus status) {
            calls.computeIfAbsent(
                            status,
                            ended -> Counter.builder("gatehouse.grpc.calls")
                                    .description("Calls of gRPC that have ended, by the status that the client got")
                                    .tag("listener", listener)
                                    .tag("route", name)
                                    .tag("grpc_status", ended.name())
                                    .register(registry))
                    .increment();
        }

        /** Counts the failure of an exchange, beside {@link #exchange}. */
        public void error(ErrorType type) {
            errors.computeIfAbsent(
                            type,
                            error -> Counter.builder("gatehouse.request.errors")
                                    .description(
                                            "Exchanges that failed, by RFC 9209 name and the status that goes with it")
                                    .tag("listener", listener)
                                    .tag("route", name)
                                    .tag("code", Integer.toString(error.status()))
                                    .tag("reason", error.token())
                                    .register(registry))
                    .increment();
        }

        @SuppressWarnings("EnumOrdinal") // an index for the life of the process, never stored
        private Counter counter(Method method, int status) {
            int index = method.ordinal() * STATUSES + status;
            Counter known = requests.get(index);
            if (known == null) {
                // Registering twice gives the same meter, so a race is harmless.
                known = Counter.builder("gatehouse.requests")
                        .description("Exchanges that have ended")
                        .tag("listener", listener)
                        .tag("route", name)
                        .tag("method", method.name())
                        .tag("code", Integer.toString(status))
                        .register(registry);
                requests.set(index, known);
            }
            return known;
        }

        private Counter body(String meter, String description) {
            return Counter.builder(meter)
                    .description(description)
                    .tag("listener", listener)
                    .tag("route", name)
                    .register(registry);
        }
    }
}
