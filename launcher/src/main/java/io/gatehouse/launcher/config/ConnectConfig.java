// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.proxy.TrustedProxies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door for Spark Connect. It is open where there is a pool.
 *
 * @param defaultPool null where a host or a header has to name the pool, unless there is only one
 * @param tls null for HTTP/2 without TLS
 */
public record ConnectConfig(
        @JsonPropertyDescription("IP address to listen on.") String address,

        @JsonPropertyDescription("Port to listen on; 0 lets the system choose.")
        Integer port,

        @JsonPropertyDescription(
                "Pool of calls whose host is no pool's and that name none in x-gatehouse-pool; without it, the only pool there is.")
        @Example("etl")
        @Nullable
        String defaultPool,

        @JsonPropertyDescription(
                "TLS; without this section the door speaks HTTP/2 in the clear, over which PySpark sends no token but to localhost.")
        @Nullable
        TlsConfig tls,

        @JsonPropertyDescription("Connections open at once.")
        Integer maxConnections,

        @JsonPropertyDescription(
                "Connections open at once from one address; 0 for no limit. Clients behind one proxy share its address.")
        Integer maxConnectionsPerClient,

        @JsonPropertyDescription(
                "Networks of load balancers that begin each connection with a PROXY header (version 1 or 2); the client's"
                        + " address is taken from it. Connections from elsewhere must not have one.")
        @Example("- 10.0.0.0/8")
        List<Cidr> proxyProtocolFrom,

        @JsonPropertyDescription(
                "Networks of the reverse proxies in front of this door. What they say of the client's address and of the host is"
                        + " believed; what anybody else says of that is dropped.")
        @Example("- 10.0.0.0/8")
        List<Cidr> trustedProxies,

        @JsonPropertyDescription("Which fields those proxies set: x_forwarded or forwarded (RFC 7239).")
        TrustedProxies.Fields forwardingFields) {
    private static final int MAX_CONNECTIONS = 1_000_000;

    public ConnectConfig {
        address = Checks.or(address, "127.0.0.1");
        port = Checks.or(port, 15002);
        maxConnections = Checks.or(maxConnections, 20_000);
        maxConnectionsPerClient = Checks.or(maxConnectionsPerClient, 0);
        proxyProtocolFrom = List.copyOf(Checks.or(proxyProtocolFrom, List.of()));
        trustedProxies = List.copyOf(Checks.or(trustedProxies, List.of()));
        forwardingFields = Checks.or(forwardingFields, TrustedProxies.Fields.X_FORWARDED);
        Checks checks = new Checks()
                .address("address", address)
                .port("port", port)
                .range("maxConnections", maxConnections, 1, MAX_CONNECTIONS)
                .range("maxConnectionsPerClient", maxConnectionsPerClient, 0, MAX_CONNECTIONS);
        checks.notEverybody("trustedProxies", trustedProxies).done();
    }
}
