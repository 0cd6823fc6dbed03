// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.config.Cidr;
import io.gatehouse.launcher.config.ConnectConfig;
import io.gatehouse.launcher.config.EjectionConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.LimitsConfig;
import io.gatehouse.launcher.config.OverloadConfig;
import io.gatehouse.launcher.config.UiConfig;
import io.gatehouse.launcher.config.UiTimeoutsConfig;
import io.gatehouse.launcher.config.UpstreamConfig;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.net.OverloadThresholds;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.server.ListenerLimits;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Configuration records to the records that proxy-core takes. */
final class ProxyOptionsMapping {
    private ProxyOptionsMapping() {}

    static ProxyOptions options(GatehouseConfig config) {
        return new ProxyOptions(config.threads(), ProxyOptions.DEFAULT.responseLimits(), ProxyOptions.DEFAULT.beat());
    }

    static ListenerLimits limits(LimitsConfig limits) {
        return new ListenerLimits(
                new HttpLimits(
                        limits.maxRequestLine().toIntExact(), limits.maxHead().toIntExact(), limits.maxHeaders()),
                limits.maxConnections(),
                limits.maxConnectionsPerClient());
    }

    static UpstreamLimits upstreamLimits(UpstreamConfig upstream) {
        return new UpstreamLimits(upstream.maxConnectionsPerHost(), upstream.maxPending());
    }

    static EjectionPolicy ejection(EjectionConfig ejection) {
        return new EjectionPolicy(ejection.consecutiveErrors(), ejection.firstDelay(), ejection.maxDelay());
    }

    static OverloadThresholds overload(OverloadConfig overload) {
        return new OverloadThresholds(overload.drainAt(), overload.refuseAt());
    }

    static DownstreamTimeouts downstream(UiTimeoutsConfig timeouts) {
        return new DownstreamTimeouts(
                timeouts.head(),
                timeouts.keepAlive(),
                timeouts.bodyStall(),
                timeouts.writeStall(),
                timeouts.minBodyRate().toIntExact(),
                timeouts.tunnelIdle());
    }

    static ListenerLimits limits(ConnectConfig connect) {
        return new ListenerLimits(HttpLimits.DEFAULT, connect.maxConnections(), connect.maxConnectionsPerClient());
    }

    static TrustedProxies trustedProxies(UiConfig ui) {
        return trustedProxies(ui.trustedProxies(), ui.forwardingFields());
    }

    static TrustedProxies trustedProxies(ConnectConfig connect) {
        return trustedProxies(connect.trustedProxies(), connect.forwardingFields());
    }

    private static TrustedProxies trustedProxies(List<Cidr> networks, TrustedProxies.Fields fields) {
        return networks.isEmpty() ? TrustedProxies.NONE : new TrustedProxies(within(networks), fields);
    }

    /** Null for nobody. */
    static @Nullable Predicate<InetAddress> proxyProtocolFrom(List<Cidr> networks) {
        return networks.isEmpty() ? null : within(networks);
    }

    private static Predicate<InetAddress> within(List<Cidr> networks) {
        return address -> networks.stream().anyMatch(network -> network.contains(address));
    }

    static UpstreamTimeouts upstream(UpstreamConfig upstream) {
        return new UpstreamTimeouts(
                upstream.connectTimeout(), upstream.responseTimeout(), upstream.readStall(), upstream.idleTimeout());
    }
}
