// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A listener on a free loopback port with a router of the test's own, and everything around it that it needs. */
public final class ProxyUnderTest implements AutoCloseable {
    /** Short deadlines, so that tests of them are quick. */
    public static final DownstreamTimeouts QUICK_DOWNSTREAM = new DownstreamTimeouts(
            Duration.ofMillis(1000), Duration.ofMillis(2000), Duration.ofSeconds(1), Duration.ofMillis(1500), 100);

    public static final UpstreamTimeouts QUICK_UPSTREAM = new UpstreamTimeouts(
            Duration.ofMillis(1000), Duration.ofMillis(1500), Duration.ofMillis(1500), Duration.ofMillis(2000));

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProxyRuntime runtime;
    private final HttpListener listener;

    public ProxyUnderTest(Router router) throws IOException {
        this(router, DownstreamTimeouts.DEFAULT, UpstreamTimeouts.DEFAULT, Transport.best(), 1000);
    }

    /** With deadlines of about a second. */
    public static ProxyUnderTest quick(Router router) throws IOException {
        return new ProxyUnderTest(router, QUICK_DOWNSTREAM, QUICK_UPSTREAM, Transport.best(), 1000);
    }

    public ProxyUnderTest(
            Router router,
            DownstreamTimeouts downstream,
            UpstreamTimeouts upstream,
            Transport transport,
            int connections)
            throws IOException {
        ProxyMetrics metrics = new ProxyMetrics(registry);
        this.runtime = new ProxyRuntime(
                new ProxyOptions(2, 64, 64, HttpLimits.DEFAULT, Duration.ofMillis(50)),
                new ProxySettings(downstream, upstream),
                metrics,
                AccessLog.to(logged, metrics.accessLogDropped()),
                transport);
        this.listener = HttpListener.bind(
                runtime,
                new ListenerSpec(
                        "test",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        HttpLimits.DEFAULT,
                        connections,
                        true,
                        Authenticator.ANYONE,
                        router));
    }

    /** Every request goes to {@code port} on loopback as it came. */
    public static Router allTo(int port) {
        ForwardTarget target = ForwardTarget.to("test", new Upstream("127.0.0.1", port));
        return (head, principal) -> new RouteDecision.Forward(target, 0);
    }

    public RawClient client() throws IOException {
        return new RawClient(listener.address());
    }

    public InetSocketAddress address() {
        return listener.address();
    }

    public ProxyRuntime runtime() {
        return runtime;
    }

    public HttpListener listener() {
        return listener;
    }

    public SimpleMeterRegistry registry() {
        return registry;
    }

    /** Access log lines so far; the last beat's may be missing. */
    public List<String> log() {
        return logged.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public void close() {
        listener.close();
        runtime.close();
    }
}
