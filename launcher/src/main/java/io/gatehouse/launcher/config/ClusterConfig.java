// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.discovery.HistoryServer;
import io.gatehouse.discovery.PodFeed;
import io.gatehouse.discovery.kubernetes.ClusterAccess;
import io.gatehouse.discovery.kubernetes.KubernetesPods;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster whose drivers are shown.
 *
 * @param clientModeSelector null where no such pods are watched
 * @param kubeconfig null for the service account of the pod that we run in
 * @param context null for the kubeconfig's current one
 */
public record ClusterConfig(
        @JsonPropertyDescription(
                "What it is called in logs, metrics and on /apps; each of several has a name of its own.")
        String name,

        @JsonPropertyDescription(
                "Namespaces whose drivers are found; an empty list stands for all. Pods are listed and watched there, and nothing"
                        + " else.")
        @Example("- etl")
        List<String> namespaces,

        @JsonPropertyDescription(
                "Label selector of pods in which drivers in client mode run, such as notebooks: the History Servers find them there"
                        + " as if their addresses stood in allowedNetworks.")
        @Example("component=singleuser-server")
        @Nullable
        String clientModeSelector,

        @JsonPropertyDescription(
                "kubeconfig file that says where the API server is, and as whom to ask; without it, the service account of our"
                        + " own pod.")
        @Example("/etc/gatehouse/clusters/eu/kubeconfig")
        @Nullable
        Path kubeconfig,

        @JsonPropertyDescription("Context of that file, in place of its current one.") @Example("eu-readonly") @Nullable
        String context,

        @JsonPropertyDescription("URL of the API server, for the service account.")
        String apiServer,

        @JsonPropertyDescription("Folder with the service account's token and ca.crt.")
        Path serviceAccount) {
    /** Names of sources in metrics and logs ({@code docs/metrics.md}), which tell what is a cluster's from what is not. */
    private static final Set<String> OTHER_SOURCES = Set.of("local", "static", "history");

    /** RFC 1123, as Kubernetes has it. */
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** What cannot be part of another parameter; the API server knows the rest. */
    private static final Pattern SELECTOR = Pattern.compile("[A-Za-z0-9_./=!,() -]{1,1000}");

    public ClusterConfig {
        name = Checks.or(name, "kubernetes");
        namespaces = List.copyOf(Checks.or(namespaces, List.of()));
        apiServer = Checks.or(apiServer, "https://kubernetes.default.svc");
        serviceAccount = Checks.or(serviceAccount, Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
        Checks checks = new Checks()
                .that(
                        HistoryServer.isName(name),
                        "name",
                        "'" + name + "' is no name of a cluster",
                        "use up to 64 letters, digits, '.', '_' and '-', a letter or digit first")
                .that(
                        !OTHER_SOURCES.contains(name),
                        "name",
                        "'" + name + "' is what other applications than a cluster's are found by",
                        "give the cluster another name")
                .that(
                        context == null || kubeconfig != null,
                        "context",
                        "a context of which file is not said",
                        "name it in kubeconfig, or leave context out")
                .that(
                        isSecureUrl(apiServer),
                        "apiServer",
                        "'" + apiServer + "' is no https URL",
                        "write https://, a host, and a port if it is not 443");
        checks.that(
                clientModeSelector == null
                        || SELECTOR.matcher(clientModeSelector).matches(),
                "clientModeSelector",
                "'" + clientModeSelector + "' is no label selector",
                "write it as kubectl -l takes it, such as component=singleuser-server");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < namespaces.size(); i++) {
            String namespace = namespaces.get(i);
            checks.that(
                            NAMESPACE.matcher(namespace).matches(),
                            "namespaces[" + i + "]",
                            "'" + namespace + "' is no name of a namespace",
                            "use lower-case letters, digits and '-'")
                    .that(
                            seen.add(namespace),
                            "namespaces[" + i + "]",
                            "'" + namespace + "' stands twice",
                            "write every namespace once");
        }
        checks.done();
    }

    private static boolean isSecureUrl(String text) {
        try {
            URI url = URI.create(text);
            return "https".equals(url.getScheme()) && url.getHost() != null;
        } catch (IllegalArgumentException noUrl) {
            return false;
        }
    }

    /**
     * Its drivers' pods; the API server is connected to when they are asked for.
     *
     * @param key where this cluster stands
     * @param betweenLooks after which time to look again whether the API server answers
     * @throws ConfigException where the kubeconfig, or the service account, cannot be used
     */
    public PodFeed pods(String key, Duration betweenLooks) {
        try {
            return KubernetesPods.of(name, access(), namespaces, clientModeSelector, betweenLooks);
        } catch (ClusterAccess.UnusableException unusable) {
            String what = String.valueOf(unusable.getMessage());
            throw ConfigException.of(List.of(
                    kubeconfig == null
                            ? new ConfigProblem(
                                    Origin.file(serviceAccount.toString()),
                                    key + ".serviceAccount",
                                    what,
                                    "outside of a cluster, name a kubeconfig file, or leave the cluster out; in a pod, mount its service"
                                            + " account's token (automountServiceAccountToken)")
                            : new ConfigProblem(
                                    Origin.file(kubeconfig.toString()),
                                    key + ".kubeconfig",
                                    what,
                                    "name a kubeconfig file that this process may read, and a context that it has")));
        }
    }

    private ClusterAccess access() {
        return kubeconfig == null
                ? new ClusterAccess.ServiceAccount(apiServer, serviceAccount)
                : new ClusterAccess.Kubeconfig(kubeconfig, context);
    }
}
