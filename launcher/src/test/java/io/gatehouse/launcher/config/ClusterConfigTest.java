// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about a cluster only when it is to be used; the rest is in {@link ConfigErrorsTest}. */
class ClusterConfigTest {
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            current-context: eu
            clusters: [{name: eu, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: us, user: {token: secret}}]
            contexts: [{name: eu, context: {cluster: eu, user: us}}]
            """;

    @TempDir
    Path folder;

    @Test
    void aKubeconfigIsRead() throws IOException {
        // Given
        Path file = Files.writeString(folder.resolve("kubeconfig"), KUBECONFIG);
        // When / Then
        kubeconfig(file, null).pods("discovery.cluster", Duration.ofSeconds(1)).close();
        kubeconfig(file, "eu").pods("discovery.cluster", Duration.ofSeconds(1)).close();
        assertThat(problem(kubeconfig(file, "us")))
                .contains(file + ": discovery.cluster.kubeconfig: ", "has no context us", "a context that it has");
    }

    @Test
    void aKubeconfigThatIsNotThereIsNamed() {
        Path file = folder.resolve("kubeconfig");
        assertThat(problem(kubeconfig(file, null))).contains(file + " cannot be read", "name a kubeconfig file");
    }

    @Test
    void aCaThatAKubeconfigNamesAndIsNotThereIsNamed() throws IOException {
        Path file = Files.writeString(
                folder.resolve("kubeconfig"),
                KUBECONFIG.replace("server:", "certificate-authority: " + folder.resolve("ca") + ", server:"));
        assertThat(problem(kubeconfig(file, null))).contains(folder.resolve("ca") + " is not there");
    }

    @Test
    void outsideOfAClusterThereIsNoServiceAccount() {
        assertThat(problem(serviceAccount()))
                .contains("discovery.cluster.serviceAccount: " + folder.resolve("token") + " cannot be read")
                .contains("outside of a cluster, name a kubeconfig file");
    }

    @Test
    void aServiceAccountHasACa() throws IOException {
        // Given
        Files.writeString(folder.resolve("token"), "secret");
        // When / Then
        assertThat(problem(serviceAccount()))
                .contains("discovery.cluster.serviceAccount: " + folder.resolve("ca.crt") + " is not there")
                .doesNotContain("secret");
    }

    private ClusterConfig serviceAccount() {
        return new ClusterConfig(null, null, null, null, null, null, folder);
    }

    private static ClusterConfig kubeconfig(Path file, String context) {
        return new ClusterConfig(null, null, null, file, context, null, null);
    }

    private static String problem(ClusterConfig cluster) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class, () -> cluster.pods("discovery.cluster", Duration.ofSeconds(1)));
        assertThat(refused.problems()).hasSize(1);
        return refused.problems().getFirst();
    }
}
