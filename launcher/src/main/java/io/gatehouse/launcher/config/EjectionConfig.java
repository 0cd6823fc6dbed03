// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;

/** What happens to a failing one of several servers that give the same answers. */
public record EjectionConfig(
        @JsonPropertyDescription(
                "Gateway errors in a row (no connection, no answer, 502, 503, 504) after which it gets no requests.")
        Integer consecutiveErrors,

        @JsonPropertyDescription("Until one request is tried on it again; doubles each time that one fails too.")
        Duration firstDelay,

        @JsonPropertyDescription("The longest time between two such tries.")
        Duration maxDelay) {
    private static final int MOST_ERRORS = 1000;

    public EjectionConfig {
        consecutiveErrors = Checks.or(consecutiveErrors, 5);
        firstDelay = Checks.or(firstDelay, Duration.ofSeconds(1));
        maxDelay = Checks.or(maxDelay, Duration.ofSeconds(60));
        new Checks()
                .range("consecutiveErrors", consecutiveErrors, 1, MOST_ERRORS)
                .positive("firstDelay", firstDelay)
                .positive("maxDelay", maxDelay)
                .that(
                        firstDelay.compareTo(maxDelay) <= 0,
                        "firstDelay",
                        Durations.print(firstDelay) + " is longer than maxDelay (" + Durations.print(maxDelay) + ")",
                        "lower it or raise maxDelay")
                .done();
    }
}
