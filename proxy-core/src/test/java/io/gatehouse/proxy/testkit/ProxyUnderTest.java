// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.TlsFileException;
import io.gatehouse.proxy.tls.TlsProvider;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** A listener on a free loopback port with a router of the test's own, and everything around it that it needs. */
public final class ProxyUnderTest implements AutoCloseable {
    /** Short deadlines, so that tests of them are quick. */
    public static final DownstreamTimeouts QUICK_DOWNSTREAM = new DownstreamTimeouts(
            Duration.ofMillis(1000),
            Duration.ofMillis(2000),
            Duration.ofSeconds(1),
            Duration.ofMillis(1500),
            100,
            Duration.ofMillis(1000));

    public static final UpstreamTimeouts QUICK_UPSTREAM = new UpstreamTimeouts(
            Duration.ofMillis(1000), Duration.ofMillis(1500), Duration.ofMillis(1500), Duration.ofMillis(2000));

    /** Reading the JDK's CAs takes longer than most tests. */
    private static final ClientTls JDK_TRUST = jdkTrust();

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final MeterRegistry registry;
    private final @Nullable ServerTls tls;
    private final ProxyRuntime runtime;
    private final HttpListener listener;

    /** What a test may want otherwise than the defaults. */
    public static final class Builder {
        private final Router router;
        private DownstreamTimeouts downstream = DownstreamTimeouts.DEFAULT;
        private UpstreamTimeouts upstream = UpstreamTimeouts.DEFAULT;
        private Transport transport = Transport.best();
        private Authenticator authenticator = Authenticator.ANYONE;
        private MeterRegistry registry = new SimpleMeterRegistry();
        private @Nullable ServerTls tls;
        private ClientTls upstreamTls = JDK_TRUST;
        private @Nullable Predicate<InetAddress> proxyProtocolFrom;
        private TrustedProxies trustedProxies = TrustedProxies.NONE;
        private int loops = 2;
        private int connections = 1000;
        private int connectionsPerClient = 0;
        private EjectionPolicy ejection = EjectionPolicy.DEFAULT;
        private int upstreamConnections = 64;
        private int pending = 64;

        private Builder(Router router) {
            this.router = router;
        }

        /** Deadlines of about a second. */
        public Builder quick() {
            return timeouts(QUICK_DOWNSTREAM, QUICK_UPSTREAM);
        }

        public Builder timeouts(DownstreamTimeouts newDownstream, UpstreamTimeouts newUpstream) {
            this.downstream = newDownstream;
            this.upstream = newUpstream;
            return this;
        }

        /** Whose word counts about whom they speak for; nobody's otherwise. */
        public Builder trusting(TrustedProxies proxies) {
            this.trustedProxies = proxies;
            return this;
        }

        public Builder transport(Transport newTransport) {
            this.transport = newTransport;
            return this;
        }

        public Builder authenticator(Authenticator newAuthenticator) {
            this.authenticator = newAuthenticator;
            return this;
        }

        public Builder registry(MeterRegistry newRegistry) {
            this.registry = newRegistry;
            return this;
        }

        /** Clients speak TLS; closed with the proxy. */
        public Builder tls(ServerTls newTls) {
            this.tls = newTls;
            return this;
        }

        /** The caller closes it. */
        public Builder upstreamTls(ClientTls newTls) {
            this.upstreamTls = newTls;
            return this;
        }

        public Builder proxyProtocolFrom(Predicate<InetAddress> balancers) {
            this.proxyProtocolFrom = balancers;
            return this;
        }

        /** One makes the caps and the pool exact. */
        public Builder loops(int count) {
            this.loops = count;
            return this;
        }

        /** The listener's cap. */
        public Builder connections(int cap) {
            this.connections = cap;
            return this;
        }

        /** The listener's cap for each client address; 0 for none. */
        public Builder connectionsPerClient(int cap) {
            this.connectionsPerClient = cap;
            return this;
        }

        public Builder ejection(EjectionPolicy policy) {
            this.ejection = policy;
            return this;
        }

        /** The caps per upstream, over all loops. */
        public Builder perUpstream(int connectionCap, int pendingCap) {
            this.upstreamConnections = connectionCap;
            this.pending = pendingCap;
            return this;
        }

        public ProxyUnderTest start() throws IOException {
            return new ProxyUnderTest(this);
        }
    }

    public ProxyUnderTest(Router router) throws IOException {
        this(with(router));
    }

    /** With deadlines of about a second. */
    public static ProxyUnderTest quick(Router router) throws IOException {
        return with(router).quick().start();
    }

    public static Builder with(Router router) {
        return new Builder(router);
    }

    private ProxyUnderTest(Builder wanted) throws IOException {
        this.tls = wanted.tls;
        this.registry = wanted.registry;
        ProxyMetrics metrics = new ProxyMetrics(registry);
        ProxySettings settings = new ProxySettings(wanted.downstream, wanted.upstream);
        settings.limitUpstreams(new UpstreamLimits(wanted.upstreamConnections, wanted.pending), wanted.ejection);
        this.runtime = new ProxyRuntime(
                new ProxyOptions(wanted.loops, HttpLimits.DEFAULT, Duration.ofMillis(50)),
                settings,
                metrics,
                AccessLog.to(logged, metrics.accessLogDropped()),
                wanted.transport,
                wanted.upstreamTls);
        this.listener = HttpListener.bind(
                runtime,
                new ListenerSpec(
                        "test",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        limits(wanted.connections, wanted.connectionsPerClient),
                        true,
                        true,
                        new Service.Http(wanted.authenticator, wanted.router),
                        wanted.tls,
                        wanted.proxyProtocolFrom,
                        wanted.trustedProxies));
    }

    private static ClientTls jdkTrust() {
        try {
            return ClientTls.load(ClientTlsOptions.DEFAULT, TlsProvider.best());
        } catch (TlsFileException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a listener, with the usual limits on messages. */
    public static ListenerLimits limits(int connections, int perClient) {
        return new ListenerLimits(HttpLimits.DEFAULT, connections, perClient);
    }

    /** Every request goes to {@code port} on loopback as it came. */
    public static Router allTo(int port) {
        ForwardTarget target = target(port);
        return (head, _, principal) -> new RouteDecision.Forward(target, 0);
    }

    /** A plain target on loopback. */
    public static ForwardTarget target(int port) {
        return ForwardTarget.to("test", new Upstream("127.0.0.1", port));
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

    public MeterRegistry registry() {
        return registry;
    }

    /** Access log lines so far; the last beat's may be missing. */
    public List<String> log() {
        return logged.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Waits for that many access log lines. */
    public List<String> log(int lines) {
        patiently().untilAsserted(() -> assertThat(log()).hasSizeGreaterThanOrEqualTo(lines));
        return log();
    }

    /** Waits until nothing is in flight and no client is connected: whatever a test did, the counts must balance. */
    public void awaitQuiet() {
        patiently().untilAsserted(() -> {
            assertThat(runtime.drainState().exchangesInFlight())
                    .as("exchanges in flight")
                    .isZero();
            assertThat(listener.connections()).as("client connections").isZero();
        });
    }

    /** Looks often, for quick tests, and long enough for a busy machine. */
    public static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(10)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }

    /** The sum of all counters of that name whose reason, if any is wanted, is {@code reason}. */
    public double count(String counter, String... tags) {
        return registry.find(counter).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Override
    public void close() {
        listener.close();
        runtime.close();
        if (tls != null) {
            tls.close();
        }
    }
}
