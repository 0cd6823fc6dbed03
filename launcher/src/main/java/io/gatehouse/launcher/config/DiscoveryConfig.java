// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.HistoryServers;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where applications are found.
 *
 * @param historyServer null when there is none, or when they stand in {@code historyServers}
 * @param cluster null when there is none, or when they stand in {@code clusters}
 */
public record DiscoveryConfig(
        @JsonPropertyDescription("Between two looks at every source.")
        Duration interval,

        @JsonPropertyDescription("The History Server, for finished applications and client-mode drivers.") @Nullable
        HistoryServerConfig historyServer,

        @JsonPropertyDescription(
                "In place of historyServer, several that have different applications; each with all keys that historyServer"
                        + " has (docs/history-servers.md).")
        @Example("- {name: eu, url: https://history-eu:18480/spark, tls: {caFile: /etc/gatehouse/eu/ca.crt}}")
        List<HistoryServerConfig> historyServers,

        @JsonPropertyDescription(
                "How long a list of applications with running ones waits for a History Server to begin with its own; without"
                        + " it, the list is answered, and says so.")
        Duration listTimeout,

        @JsonPropertyDescription(
                "The Kubernetes cluster whose drivers are found as they come and go (docs/kubernetes.md).")
        @Nullable
        ClusterConfig cluster,

        @JsonPropertyDescription(
                "In place of cluster, several; each with all keys that cluster has, and a name of its own.")
        @Example("- {name: eu, kubeconfig: /etc/gatehouse/clusters/eu/kubeconfig, namespaces: [etl]}")
        List<ClusterConfig> clusters,

        @JsonPropertyDescription("Live applications at addresses that are known beforehand.")
        @Example("- {id: local-1700000000000, url: http://127.0.0.1:4041}")
        List<ApplicationConfig> applications) {

    public DiscoveryConfig {
        interval = Checks.or(interval, Duration.ofSeconds(5));
        listTimeout = Checks.or(listTimeout, Duration.ofSeconds(10));
        historyServers = List.copyOf(Checks.or(historyServers, List.of()));
        clusters = List.copyOf(Checks.or(clusters, List.of()));
        applications = List.copyOf(Checks.or(applications, List.of()));
        Checks checks = new Checks()
                .positive("interval", interval)
                .positive("listTimeout", listTimeout)
                .that(
                        historyServer == null || historyServers.isEmpty(),
                        "historyServers",
                        "historyServer is there as well",
                        "write all of them into historyServers")
                .that(
                        interval.isZero() || interval.compareTo(Duration.ofMillis(100)) >= 0,
                        "interval",
                        Durations.print(interval) + " is too often",
                        "write 100ms or more");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < historyServers.size(); i++) {
            String name = historyServers.get(i).name();
            checks.that(
                            names.add(name),
                            "historyServers[" + i + "].name",
                            "'" + name + "' stands twice",
                            "give every History Server a name of its own")
                    .that(
                            historyServers.size() == 1 || HistoryServers.isSegment(name),
                            "historyServers[" + i + "].name",
                            "'" + name
                                    + "' cannot stand in the paths of its pages: Spark's scripts take it for one of their own",
                            "give it another name");
        }
        checks.that(
                cluster == null || clusters.isEmpty(),
                "clusters",
                "cluster is there as well",
                "write all of them into clusters");
        Set<String> clusterNames = new HashSet<>();
        for (int i = 0; i < clusters.size(); i++) {
            String name = clusters.get(i).name();
            checks.that(
                    clusterNames.add(name),
                    "clusters[" + i + "].name",
                    "'" + name + "' stands twice",
                    "give every cluster a name of its own");
        }
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

    /** The History Servers, wherever they stand. */
    public List<HistoryServerConfig> servers() {
        return historyServer == null ? historyServers : List.of(historyServer);
    }

    /** The clusters by the keys at which they stand. */
    public SequencedMap<String, ClusterConfig> clustersByKey() {
        SequencedMap<String, ClusterConfig> byKey = new LinkedHashMap<>();
        if (cluster != null) {
            byKey.put("discovery.cluster", cluster);
        }
        for (int i = 0; i < clusters.size(); i++) {
            byKey.put("discovery.clusters[" + i + "]", clusters.get(i));
        }
        return byKey;
    }

    /** The key of one of {@link #servers}. */
    String keyOf(int server) {
        return historyServer == null ? "discovery.historyServers[" + server + "]" : "discovery.historyServer";
    }
}
