// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.UiRouting;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The door for browsers.
 *
 * @param tls null for plain HTTP
 */
public record UiConfig(
        @JsonPropertyDescription("IP address to listen on.") String address,

        @JsonPropertyDescription("Port to listen on; 0 lets the system choose.")
        Integer port,

        @JsonPropertyDescription(
                "Path under which the UI of each live application appears, as <proxyBase>/<application id>/.")
        String proxyBase,

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
        List<Cidr> proxyProtocolFrom) {
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    public UiConfig {
        address = Checks.or(address, "127.0.0.1");
        port = Checks.or(port, 4040);
        proxyBase = Checks.or(proxyBase, "/sparkui");
        proxyProtocolFrom = List.copyOf(Checks.or(proxyProtocolFrom, List.of()));
        List<String> segments = Arrays.asList(proxyBase.split("/", -1));
        new Checks()
                .address("address", address)
                .port("port", port)
                .that(
                        PATH.matcher(proxyBase).matches() && !segments.contains(".") && !segments.contains(".."),
                        "proxyBase",
                        "'" + proxyBase + "' is not a path of plain segments",
                        "start with a slash, end without one, and use letters, digits, '.', '_' and '-' between, such as"
                                + " /sparkui")
                .that(
                        !UiRouting.TAKEN.contains(proxyBase) || segments.contains("history"),
                        "proxyBase",
                        "'" + proxyBase + "' is a path at which Gatehouse or the History Server has pages of its own",
                        "choose another word")
                // Spark's pages look for these two words in their own address to find the REST API.
                .that(
                        !segments.contains("history"),
                        "proxyBase",
                        "'" + proxyBase + "' has the segment 'history', which Spark's pages take for a History Server",
                        "choose another word")
                .that(
                        !segments.contains("proxy") || proxyBase.equals(UiRouting.BARE_PROXY),
                        "proxyBase",
                        "'" + proxyBase + "' has the segment 'proxy', which Spark's pages understand at the root only",
                        "write exactly /proxy, or choose another word")
                .done();
    }
}
