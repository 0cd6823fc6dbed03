// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;

/** How long a client of the browser door may take. */
public record UiTimeoutsConfig(
        @JsonPropertyDescription("From the first byte of a request head to its last.")
        Duration head,

        @JsonPropertyDescription("Between two requests on one connection.")
        Duration keepAlive,

        @JsonPropertyDescription(
                "The window in which minBodyRate is measured while Gatehouse waits for a request body; without a byte in it, the client is cut off in any case.")
        Duration bodyStall,

        @JsonPropertyDescription("Without the client taking a byte of the response.")
        Duration writeStall,

        @JsonPropertyDescription(
                "Least bytes per second of a request body; a slower client is cut off. 0B: whoever sends anything at all is fast enough.")
        ByteSize minBodyRate,

        @JsonPropertyDescription("Without a byte either way on a WebSocket.")
        Duration tunnelIdle) {

    public UiTimeoutsConfig {
        head = Checks.or(head, Duration.ofSeconds(10));
        keepAlive = Checks.or(keepAlive, Duration.ofSeconds(60));
        bodyStall = Checks.or(bodyStall, Duration.ofSeconds(60));
        writeStall = Checks.or(writeStall, Duration.ofSeconds(60));
        minBodyRate = Checks.or(minBodyRate, new ByteSize(240));
        tunnelIdle = Checks.or(tunnelIdle, Duration.ofMinutes(10));
        new Checks()
                .positive("head", head)
                .positive("keepAlive", keepAlive)
                .positive("bodyStall", bodyStall)
                .positive("writeStall", writeStall)
                .range("minBodyRate", minBodyRate, new ByteSize(0), ByteSize.ofKiB(1024))
                .positive("tunnelIdle", tunnelIdle)
                .done();
    }
}
