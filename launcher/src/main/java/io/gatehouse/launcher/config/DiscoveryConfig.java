// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where applications are found.
 *
 * @param historyServer null when there is none
 */
public record DiscoveryConfig(
        @JsonPropertyDescription("Between two looks at every source.")
        Duration interval,

        @JsonPropertyDescription("The History Server, for finished applications and client-mode drivers.") @Nullable
        HistoryServerConfig historyServer,

        @JsonPropertyDescription("Live applications at addresses that are known beforehand.")
        @Example("- {id: local-1700000000000, url: http://127.0.0.1:4041}")
        List<ApplicationConfig> applications) {

    public DiscoveryConfig {
        interval = Checks.or(interval, Duration.ofSeconds(5));
        applications = List.copyOf(Checks.or(applications, List.of()));
        Checks checks = new Checks()
                .positive("interval", interval)
                .that(
                        interval.isZero() || interval.compareTo(Duration.ofMillis(100)) >= 0,
                        "interval",
                        Durations.print(interval) + " is too often",
                        "write 100ms or more");
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < applications.size(); i++) {
            String id = applications.get(i).id();
            checks.that(
                    id == null || ids.add(id),
                    "applications[" + i + "].id",
                    "'" + id + "' stands twice",
                    "give every application an id of its own");
        }
        checks.done();
    }
}
