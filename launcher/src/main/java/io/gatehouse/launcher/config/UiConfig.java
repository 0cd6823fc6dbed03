// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.UiSafety;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.TrustedProxies;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The door for browsers.
 *
 * @param applicationHosts null where all applications are shown on one host
 * @param tls null for plain HTTP
 * @param viewerHeader null where nobody says who is viewing
 * @param cors null where no other site reads anything
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

        @JsonPropertyDescription(
                "Hosts of their own for applications, so that browsers keep them apart; without this section, all are shown on"
                        + " one host.")
        @Nullable
        ApplicationHostsConfig applicationHosts,

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
        List<String> admins,

        @JsonPropertyDescription(
                "What becomes of cookies: scoped (an application's, or the History Server's, go back to itself only) or"
                        + " shared (all of them get all, but for platformCookies).")
        Credentials.Cookies cookies,

        @JsonPropertyDescription(
                "Cookies that are this platform's own where the others are shared, besides oauth2-proxy's: no application gets"
                        + " or sets them. With * at the end, all that begin so.")
        @Example("- sso_session*")
        List<String> platformCookies,

        @JsonPropertyDescription(
                "Fields in which proxies in front say who the user is, or hand on his tokens, besides the usual ones"
                        + " (docs/safety.md): no application gets them. With * at the end, all that begin so.")
        @Example("- X-Company-User*")
        List<String> platformHeaders,

        @JsonPropertyDescription(
                "Who gets the Authorization of viewers: nobody, platform (History Servers) or everybody (drivers too, which"
                        + " run their users' code).")
        Credentials.Audience passAuthorization,

        @JsonPropertyDescription(
                "Content-Security-Policy of responses from Spark that have none, as those of Spark before 4.x; empty for none.")
        String contentSecurityPolicy,

        @JsonPropertyDescription("Fields of every response, in place of Spark's own of the same name.")
        @Example("Strict-Transport-Security: max-age=31536000")
        Map<String, String> responseHeaders,

        @JsonPropertyDescription(
                "Which other sites' scripts may read what this door shows; without this section, none.")
        @Nullable
        CorsConfig cors) {
    /** Nothing about scripts: the pages of older Sparks are full of them. */
    private static final String POLICY =
            "frame-ancestors 'self'; base-uri 'self'; object-src 'none'; form-action 'self'";

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
        cookies = Checks.or(cookies, Credentials.Cookies.SCOPED);
        platformCookies = List.copyOf(Checks.or(platformCookies, List.of()));
        platformHeaders = List.copyOf(Checks.or(platformHeaders, List.of()));
        contentSecurityPolicy = Checks.or(contentSecurityPolicy, POLICY);
        responseHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(Checks.or(responseHeaders, Map.of())));
        passAuthorization = Checks.or(passAuthorization, Credentials.Audience.NOBODY);
        Checks checks = new Checks().address("address", address).port("port", port);
        UiPaths.check(basePath, proxyBase, checks);
        UiViewers.check(viewerHeader, trustedProxies.isEmpty(), impersonate, kill, admins, checks);
        UiPlatform.check(cookies, platformCookies, platformHeaders, checks);
        UiPlatform.check(contentSecurityPolicy, responseHeaders, checks);
        checks.notEverybody("trustedProxies", trustedProxies).done();
    }
}
