// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.proxy.net.Transport;
import java.util.List;

/**
 * The whole configuration, valid and immutable. {@link ConfigLoader} makes it, the composition root reads it.
 *
 * <p>In this record and those below it, a compact constructor receives null for a key that was left out and puts the default in its
 * place; {@code gatehouse config --defaults} prints what comes of that.
 *
 * @param threads number of event loops; 0 means one per core
 */
public record GatehouseConfig(
        @JsonPropertyDescription("Number of event loops; 0 means one per core.")
        Integer threads,

        @JsonPropertyDescription(
                "How the kernel is asked for network events: auto (epoll on Linux, nio elsewhere), epoll, io_uring or nio.")
        Transport.Kind transport,

        @JsonPropertyDescription("The door for browsers: History Server and live Spark UIs behind one URL.")
        UiConfig ui,

        @JsonPropertyDescription("The door for Spark Connect: PySpark and its like, by sc:// URLs.")
        ConnectConfig connect,

        @JsonPropertyDescription("Pools of Spark Connect servers (docs/connect.md).")
        @Example("- {name: etl, servers: [{url: http://spark-connect-1:15002}, {url: http://spark-connect-2:15002}]}")
        List<PoolConfig> pools,

        @JsonPropertyDescription("Who is calling, at the doors where users log in (docs/identity.md).")
        IdentityConfig identity,

        @JsonPropertyDescription("Connections to Spark drivers and History Servers.")
        UpstreamConfig upstream,

        @JsonPropertyDescription("What happens when memory runs short.")
        OverloadConfig overload,

        @JsonPropertyDescription("Probes, metrics and admin calls.")
        ManagementConfig management,

        @JsonPropertyDescription("Where applications are found.")
        DiscoveryConfig discovery,

        @JsonPropertyDescription("One line per exchange.") AccessLogConfig accessLog,

        @JsonPropertyDescription("The server's own log, on standard output.")
        LoggingConfig logging,

        @JsonPropertyDescription("What happens between the signal to stop and the end.")
        DrainConfig drain,

        @JsonPropertyDescription("Restarts without a gap: a new process receives the listening sockets of this one.")
        TakeoverConfig takeover) {
    private static final int MAX_THREADS = 1024;

    public GatehouseConfig {
        threads = Checks.or(threads, 0);
        transport = Checks.or(transport, Transport.Kind.AUTO);
        pools = List.copyOf(Checks.or(pools, List.of()));
        Checks checks = new Checks()
                .range("threads", threads, 0, MAX_THREADS)
                .that(
                        management.port() == 0
                                || !management.port().equals(ui.port())
                                || !management.address().equals(ui.address()),
                        "management.port",
                        management.port() + " is also ui.port, on the same address",
                        "choose another port");
        PoolRules.check(connect, pools, identity, checks);
        PoolRules.checkPort(connect, pools, "ui.port", ui.address(), ui.port(), checks);
        PoolRules.checkPort(connect, pools, "management.port", management.address(), management.port(), checks);
        checks.done();
    }
}
