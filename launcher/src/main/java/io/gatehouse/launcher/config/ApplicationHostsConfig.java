// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.ApplicationHosts;

/** Hosts of their own for applications. */
public record ApplicationHostsConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription(
                "Every application is shown at a host of its own below this domain: <id>.<domain>. All of *.<domain> has to"
                        + " lead here, in DNS and in certificates.")
        @Example("apps.example.com")
        String domain,

        @JsonProperty(required = true)
        @JsonPropertyDescription(
                "The host of everything else: lists, History Server, REST API. What shows no application leads there.")
        @Example("spark.example.com")
        String mainHost) {
    private static final String REMEDY = "write it in lower case, without scheme and port, such as apps.example.com";

    public ApplicationHostsConfig {
        new Checks()
                .that(ApplicationHosts.isHostName(domain), "domain", "'" + domain + "' is no domain", REMEDY)
                .that(ApplicationHosts.isHostName(mainHost), "mainHost", "'" + mainHost + "' is no host name", REMEDY)
                .that(
                        !ApplicationHosts.isWithin(mainHost, domain),
                        "mainHost",
                        "'" + mainHost
                                + "' is a host that an application could have, or for which applications can set cookies",
                        "choose one that is neither domain nor below it")
                .done();
    }

    /** The same for the door. */
    public ApplicationHosts hosts() {
        return new ApplicationHosts(domain, mainHost);
    }
}
