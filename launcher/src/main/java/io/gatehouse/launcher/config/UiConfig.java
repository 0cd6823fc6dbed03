// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.UiSafety;
import io.gatehouse.proxy.TrustedProxies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door for browsers.
 *
 * @param tls null for plain HTTP
 * @param viewerHeader null where nobody says who is viewing
 */
public record UiConfig(
        @JsonPropertyDescription("IP address to listen on.") String address,

        @JsonPropertyDescription("Port to listen on; 0 lets the system choose.")
        Integer port,

        @JsonPropertyDescription(
                "Path under which the UI of each live application appears, as <proxyBase>/<application id>/.")
        String proxyBase,

        @JsonPropertyDescription(
                "Path below which another server has this door, such as /gatehouse; empty where it has a host of its own."
                        + " Everything then lies below it.")
        String basePath,

        @JsonPropertyDescription("What one client may use up.")
        LimitsConfig limits,

        @JsonPropertyDescription("How long a client may take.")
        UiTimeoutsConfig timeouts,

        @JsonPropertyDescription("TLS; without this section the door speaks plain HTTP.") @Nullable
        TlsConfig tls,

        @JsonPropertyDescription(
                "Networks of load balancers that begin each connection with a PROXY header (version 1 or 2); the client's"
                        + " address is taken from it. Connections from elsewhere must not have one.")
        @Example("- 10.0.0.0/8")
        List<Cidr> proxyProtocolFrom,

        @JsonPropertyDescription(
                "Networks of the reverse proxies in front of this door. What they say of the client's address, scheme, host"
                        + " and path prefix is believed; what anybody else says of that is dropped.")
        @Example("- 10.0.0.0/8")
        List<Cidr> trustedProxies,

        @JsonPropertyDescription(
                "Which fields those proxies set: x_forwarded (X-Forwarded-For, -Proto, -Host, -Port, -Prefix) or forwarded"
                        + " (RFC 7239). The other form is dropped, because a client could have written it.")
        TrustedProxies.Fields forwardingFields,

        @JsonPropertyDescription(
                "Field in which those proxies name the user whom they have signed in. Anybody else's is dropped, and no"
                        + " upstream gets it.")
        @Example("X-Forwarded-User")
        @Nullable
        String viewerHeader,

        @JsonPropertyDescription(
                "Whether drivers and History Servers are told that name (doAs), so that Spark's ACLs count for the viewer;"
                        + " requests without one are then refused. A doAs of clients is dropped in any case.")
        Boolean impersonate,

        @JsonPropertyDescription(
                "Who may kill jobs and stages: everybody, owners (the user whom the application runs as) or nobody.")
        UiSafety.Kill kill,

        @JsonPropertyDescription("Viewers who may do what owners may, with every application.") @Example("- alice")
        List<String> admins) {
    public UiConfig {
        address = Checks.or(address, "127.0.0.1");
        port = Checks.or(port, 4040);
        proxyBase = Checks.or(proxyBase, "/sparkui");
        basePath = Checks.or(basePath, "");
        trustedProxies = List.copyOf(Checks.or(trustedProxies, List.of()));
        forwardingFields = Checks.or(forwardingFields, TrustedProxies.Fields.X_FORWARDED);
        proxyProtocolFrom = List.copyOf(Checks.or(proxyProtocolFrom, List.of()));
        impersonate = Checks.or(impersonate, false);
        kill = Checks.or(kill, UiSafety.Kill.EVERYBODY);
        admins = List.copyOf(Checks.or(admins, List.of()));
        Checks checks = new Checks().address("address", address).port("port", port);
        UiPaths.check(basePath, proxyBase, checks);
        UiViewers.check(viewerHeader, trustedProxies.isEmpty(), impersonate, kill, admins, checks);
        for (Cidr network : trustedProxies) {
            checks.that(
                    network.prefixLength() > 0,
                    "trustedProxies",
                    "'" + network + "' is everybody: any client could claim any address and host",
                    "write the networks of your proxies, such as 10.0.0.0/8");
        }
        checks.done();
    }
}
