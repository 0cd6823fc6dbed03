// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;

/** What happens between the signal to stop and the end. */
public record DrainConfig(
        @JsonPropertyDescription(
                "Between failing readiness and refusing new connections, for load balancers to notice.")
        Duration delay,

        @JsonPropertyDescription("For running exchanges to end, after the delay; what is left is cut off.")
        Duration timeout) {

    public DrainConfig {
        delay = Checks.or(delay, Duration.ofSeconds(5));
        timeout = Checks.or(timeout, Duration.ofSeconds(30));
        new Checks().atMostADay("delay", delay).atMostADay("timeout", timeout).done();
    }
}
