// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;

/** Connections to Spark drivers and History Servers. */
public record UpstreamConfig(
        @JsonPropertyDescription("For a connection to be made.")
        Duration connectTimeout,

        @JsonPropertyDescription(
                "From the end of the request to the head of the response; a History Server may replay a log"
                        + " meanwhile.")
        Duration responseTimeout,

        @JsonPropertyDescription("Without a byte of the response body, while the client takes bytes.")
        Duration readStall,

        @JsonPropertyDescription(
                "After which an idle connection is closed; keep it below the servers' own, 8s in Spark.")
        Duration idleTimeout,

        @JsonPropertyDescription("Connections to one host and port, over all event loops.")
        Integer maxConnectionsPerHost,

        @JsonPropertyDescription(
                "Requests to one host and port that may wait for a connection; more are answered with 503.")
        Integer maxPending,

        @JsonPropertyDescription(
                "TLS to servers whose URL begins with https; their certificates and names are always checked.")
        UpstreamTlsConfig tls,

        @JsonPropertyDescription(
                "What happens to a failing one of several servers with the same answers, a replica of a"
                        + " History Server; the last one is never given up.")
        EjectionConfig ejection) {
    private static final int MAX_CONNECTIONS = 65_535;
    private static final int MAX_PENDING = 1_000_000;

    public UpstreamConfig {
        connectTimeout = Checks.or(connectTimeout, Duration.ofSeconds(5));
        responseTimeout = Checks.or(responseTimeout, Duration.ofMinutes(2));
        readStall = Checks.or(readStall, Duration.ofMinutes(5));
        idleTimeout = Checks.or(idleTimeout, Duration.ofSeconds(5));
        maxConnectionsPerHost = Checks.or(maxConnectionsPerHost, 256);
        maxPending = Checks.or(maxPending, 1024);
        new Checks()
                .positive("connectTimeout", connectTimeout)
                .positive("responseTimeout", responseTimeout)
                .positive("readStall", readStall)
                .positive("idleTimeout", idleTimeout)
                .range("maxConnectionsPerHost", maxConnectionsPerHost, 1, MAX_CONNECTIONS)
                .range("maxPending", maxPending, 0, MAX_PENDING)
                .done();
    }
}
