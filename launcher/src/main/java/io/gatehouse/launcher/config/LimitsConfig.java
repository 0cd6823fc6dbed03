// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What one client of a door may use up. */
public record LimitsConfig(
        @JsonPropertyDescription("Connections open at once; further ones are answered with 503 and closed.")
        Integer maxConnections,

        @JsonPropertyDescription(
                "The same for each client address (of IPv6, its /64); 0 for no cap, as all clients behind one proxy share"
                        + " its address.")
        Integer maxConnectionsPerClient,

        @JsonPropertyDescription("Length of a request line; a longer one is answered with 414.")
        ByteSize maxRequestLine,

        @JsonPropertyDescription("Length of a request head, with its request line; a longer one is answered with 431.")
        ByteSize maxHead,

        @JsonPropertyDescription("Number of header lines; more are answered with 431.")
        Integer maxHeaders) {
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final int MAX_HEADERS = 10_000;

    public LimitsConfig {
        maxConnections = Checks.or(maxConnections, 20_000);
        maxConnectionsPerClient = Checks.or(maxConnectionsPerClient, 0);
        maxRequestLine = Checks.or(maxRequestLine, ByteSize.ofKiB(8));
        maxHead = Checks.or(maxHead, ByteSize.ofKiB(32));
        maxHeaders = Checks.or(maxHeaders, 100);
        ByteSize least = new ByteSize(256);
        ByteSize most = ByteSize.ofKiB(1024);
        new Checks()
                .range("maxConnections", maxConnections, 1, MAX_CONNECTIONS)
                .range("maxConnectionsPerClient", maxConnectionsPerClient, 0, MAX_CONNECTIONS)
                .range("maxRequestLine", maxRequestLine, least, most)
                .range("maxHead", maxHead, least, most)
                .that(
                        maxRequestLine.bytes() <= maxHead.bytes(),
                        "maxRequestLine",
                        maxRequestLine + " is larger than maxHead (" + maxHead + ")",
                        "a request line is part of the head; lower it or raise maxHead")
                .range("maxHeaders", maxHeaders, 1, MAX_HEADERS)
                .done();
    }
}
