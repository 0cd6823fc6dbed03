// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pool of Spark Connect servers, and who may have how many sessions on it.
 *
 * @param tls null for {@code upstream.tls}
 */
public record PoolConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription("What it is called, in x-gatehouse-pool and in messages.")
        @Example("etl")
        String name,

        @JsonPropertyDescription("Host names, without ports, by which clients reach it: that of their sc:// URLs.")
        @Example("- etl.spark.example.com")
        List<String> hosts,

        @JsonProperty(required = true)
        @JsonPropertyDescription("Servers that exist already.")
        @Example("- {url: http://spark-connect-1:15002}")
        List<PoolServerConfig> servers,

        @JsonPropertyDescription("TLS to its servers whose URL begins with https, in place of upstream.tls.") @Nullable
        UpstreamTlsConfig tls,

        @JsonPropertyDescription(
                "Users who may use it, besides groups; where both are empty, everybody who has logged in.")
        @Example("- alice")
        List<String> users,

        @JsonPropertyDescription("Groups whose members may use it.") @Example("- data-engineers")
        List<String> groups,

        @JsonPropertyDescription("Sessions that one user may have at once; 0 for no limit.")
        Integer maxSessionsPerUser,

        @JsonPropertyDescription("Sessions of all users at once; 0 for no limit.")
        Integer maxTotalSessions,

        @JsonPropertyDescription("How long a session without a call counts; Spark itself forgets one after an hour.")
        Duration idleTimeout,

        @JsonPropertyDescription(
                "Whether a session is ended at its server after idleTimeout, and what it holds there is freed. Only where nobody uses the"
                        + " servers but this one Gatehouse: it does not know of the calls of others.")
        Boolean endIdleSessions,

        @JsonPropertyDescription(
                "Other limits for some; of those that fit a user, the last counts, as in spark-session-operator.")
        @Example("- {groups: [power-users], maxSessionsPerUser: 20}")
        List<PoolQuotaConfig> quotas) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final int MOST = 1_000_000;

    public PoolConfig {
        hosts = List.copyOf(Checks.or(hosts, List.of()));
        servers = List.copyOf(Checks.or(servers, List.of()));
        users = List.copyOf(Checks.or(users, List.of()));
        groups = List.copyOf(Checks.or(groups, List.of()));
        maxSessionsPerUser = Checks.or(maxSessionsPerUser, 5);
        maxTotalSessions = Checks.or(maxTotalSessions, 200);
        idleTimeout = Checks.or(idleTimeout, Duration.ofHours(12));
        endIdleSessions = Checks.or(endIdleSessions, false);
        quotas = List.copyOf(Checks.or(quotas, List.of()));
        Checks checks = new Checks()
                .range("maxSessionsPerUser", maxSessionsPerUser, 0, MOST)
                .range("maxTotalSessions", maxTotalSessions, 0, MOST)
                .positive("idleTimeout", idleTimeout)
                .that(
                        name == null || NAME.matcher(name).matches(),
                        "name",
                        "'" + name + "' is no name of a pool",
                        "use up to 63 lower-case letters, digits and '-', a letter or digit first and last");
        for (int i = 0; i < hosts.size(); i++) {
            checks.that(
                    HOST.matcher(hosts.get(i)).matches(),
                    "hosts[" + i + "]",
                    "'" + hosts.get(i) + "' is no host name",
                    "write it without scheme, port and path, such as etl.spark.example.com");
        }
        Set<HttpUrl> urls = new HashSet<>();
        for (int i = 0; i < servers.size(); i++) {
            checks.that(
                    urls.add(servers.get(i).url()),
                    "servers[" + i + "].url",
                    servers.get(i).url() + " stands twice",
                    "write every server once");
        }
        checks.that(
                        tls == null || servers.isEmpty() || servers.stream().anyMatch(PoolConfig::isSecure),
                        "tls",
                        "TLS is configured, and no server is spoken to with it",
                        "write https in the servers' url, or leave tls out")
                .done();
    }

    private static boolean isSecure(PoolServerConfig server) {
        // Null when it was left out; that is reported by itself.
        return server.url() == null || server.url().secure();
    }

    /** The name of the TLS settings that hold for its servers, as an {@link io.gatehouse.proxy.Upstream} has it; of no History Server. */
    public String tlsSettings() {
        return tls == null ? "" : "pools/" + name;
    }
}
