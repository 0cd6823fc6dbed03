// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** A Spark History Server. */
public record HistoryServerConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription("Its URL, with the path it is mounted at if it has one; http or https.")
        @Example("http://history-server:18080")
        HttpUrl url,

        @JsonPropertyDescription(
                "Whether drivers of client-mode applications (notebooks) are found through it; it then loads the log of"
                        + " each unfinished application once.")
        Boolean clientMode,

        @JsonPropertyDescription(
                "Networks that such a driver must be in, because its address comes from whoever submitted the job;"
                        + " an empty list allows loopback addresses, and those only while the ui door itself is on loopback.")
        @Example("- 10.0.0.0/8")
        List<Cidr> allowedNetworks) {

    public HistoryServerConfig {
        clientMode = Checks.or(clientMode, true);
        allowedNetworks = List.copyOf(Checks.or(allowedNetworks, List.of()));
    }
}
