// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.HistoryServer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Spark History Server.
 *
 * @param tls null for {@code upstream.tls}
 * @param authorizationFile null where viewers speak for themselves
 */
public record HistoryServerConfig(
        @JsonPropertyDescription(
                "What it is called in paths, logs and Gatehouse-Incomplete; each of several has a name of its own.")
        String name,

        @JsonProperty(required = true)
        @JsonPropertyDescription("Its URL, with the path it is mounted at if it has one; http or https.")
        @Example("http://history-server:18080")
        HttpUrl url,

        @JsonPropertyDescription(
                "Further History Servers over the same logs, at the same path: requests go to any of them, and a"
                        + " failing one is left out.")
        @Example("- http://history-server-2:18080")
        List<HttpUrl> replicas,

        @JsonPropertyDescription("TLS to it and its replicas, in place of upstream.tls.") @Nullable
        UpstreamTlsConfig tls,

        @JsonPropertyDescription(
                "File with the value of the Authorization field that Gatehouse sends to it and its replicas, in place of"
                        + " viewers' own; read again when it changes.")
        @Example("/etc/gatehouse/history/authorization")
        @Nullable
        Path authorizationFile,

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
        name = Checks.or(name, HistoryServer.UNNAMED);
        replicas = List.copyOf(Checks.or(replicas, List.of()));
        clientMode = Checks.or(clientMode, true);
        allowedNetworks = List.copyOf(Checks.or(allowedNetworks, List.of()));
        Set<HttpUrl> servers = new HashSet<>();
        servers.add(url);
        Checks checks = new Checks()
                .that(
                        HistoryServer.isName(name),
                        "name",
                        "'" + name + "' is no name of a History Server",
                        "use up to 64 letters, digits, '.', '_' and '-', a letter or digit first")
                .that(
                        tls == null || url == null || url.secure(),
                        "tls",
                        "TLS is configured for " + url + ", which is spoken to without",
                        "write https in url, or leave tls out");
        for (int i = 0; i < replicas.size(); i++) {
            HttpUrl replica = replicas.get(i);
            checks.that(
                            servers.add(replica),
                            "replicas[" + i + "]",
                            replica + " stands twice",
                            "write every server once, and that of url not again")
                    .that(
                            // Null when it was left out; that is reported by itself.
                            url == null || replica.path().equals(url.path()),
                            "replicas[" + i + "]",
                            replica + " is mounted at another path than url",
                            "mount all History Servers at the same path");
        }
        checks.done();
    }

    /** The name of the TLS settings that hold for it, as an {@link io.gatehouse.proxy.Upstream} has it. */
    public String tlsSettings() {
        return tls == null ? "" : name;
    }
}
