// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** Another limit for some users. */
public record PoolQuotaConfig(
        @JsonPropertyDescription("Users for whom it holds.") @Example("- alice")
        List<String> users,

        @JsonPropertyDescription("Groups for whose members it holds.") @Example("- power-users")
        List<String> groups,

        @JsonProperty(required = true)
        @JsonPropertyDescription("Sessions that each of them may have at once; 0 leaves that of the pool.")
        @Example("20")
        Integer maxSessionsPerUser) {
    private static final int MOST = 1_000_000;

    public PoolQuotaConfig {
        users = List.copyOf(Checks.or(users, List.of()));
        groups = List.copyOf(Checks.or(groups, List.of()));
        new Checks()
                .range("maxSessionsPerUser", Checks.or(maxSessionsPerUser, 0), 0, MOST)
                .that(
                        !users.isEmpty() || !groups.isEmpty(),
                        "users",
                        "the quota is nobody's",
                        "name users or groups; for everybody, write the pool's own maxSessionsPerUser")
                .done();
    }
}
