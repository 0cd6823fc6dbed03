// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The tier itself: the cluster is a real one, with its rights, its restarts and its controllers. */
@ClusterTest
class ClusterCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final TestNamespace namespace;

    ClusterCT(Cluster cluster, TestNamespace namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
    }

    private static void assertForbidden(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(403));
    }

    @Test
    void theClassesOfTheTierAreNamedAndTaggedAlike() throws Exception {
        // Given
        Path classes = Path.of(ClusterCT.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());

        // When
        List<String> names;
        try (Stream<Path> files = Files.walk(classes)) {
            names = files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith("CT.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .toList();
        }

        // Then: the other way round, ClusterExtension refuses
        assertThat(names)
                .contains(ClusterCT.class.getName())
                .allSatisfy(name -> assertThat(Class.forName(name)).hasAnnotation(ClusterTest.class));
    }

    @Test
    void theServerIsAKubernetesThatKnowsItsVersion() {
        assertThat(cluster.admin().getKubernetesVersion().getGitVersion()).matches("v1\\.\\d+\\.\\d+");
    }

    @Test
    void anAccountMayDoWhatItIsGrantedUntilThatIsTakenBack() throws IOException {
        // Given
        Account account = namespace.account("granted");
        try (KubernetesClient client = account.client()) {
            assertForbidden(() -> client.pods().inNamespace(namespace.name()).list());

            // When
            Grant grant = cluster.grant(account, namespace.name(), rule("pods", "list"));

            // Then
            await().atMost(PATIENCE)
                    .ignoreException(KubernetesClientException.class)
                    .until(() -> client.pods().inNamespace(namespace.name()).list() != null);
            assertForbidden(() ->
                    client.pods().inNamespace(namespace.name()).withName("any").get());
            assertForbidden(() -> client.pods().inNamespace("default").list());

            // When
            grant.revoke();

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertForbidden(
                            () -> client.pods().inNamespace(namespace.name()).list()));
        }
    }

    @Test
    void aGrantEverywhereIsForAllNamespacesAndAKubeconfigIsTheAccount() throws IOException {
        // Given
        Account account = namespace.account("everywhere");
        Config config = Config.fromKubeconfig(Files.readString(account.kubeconfig()));
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            assertForbidden(() -> client.pods().inAnyNamespace().list());

            // When
            Grant grant = cluster.grantEverywhere(account, rule("pods", "list"));

            // Then
            await().atMost(PATIENCE)
                    .ignoreException(KubernetesClientException.class)
                    .until(() -> client.pods().inAnyNamespace().list() != null);
            grant.revoke();
        }
        assertThat(Files.readString(cluster.adminKubeconfig()))
                .contains(cluster.api().toString());
    }

    @Test
    void aTokenThatTheServerHasNotGivenIsNobodys() {
        try (KubernetesClient client = cluster.client("invented")) {
            assertThatThrownBy(() -> client.pods().inNamespace("default").list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(401));
        }
    }

    @Test
    void aDeletedNamespaceIsEmptied() {
        // Given
        TestNamespace other = cluster.namespace("emptied");
        DriverPod pod = other.pods().driver("left").create();

        // When
        other.close();

        // Then
        await().atMost(PATIENCE)
                .until(() -> cluster.admin().namespaces().withName(other.name()).get() == null);
        assertThat(cluster.admin().resource(pod.asCreated()).get()).isNull();
    }

    @Test
    void aStoppedServerRefusesAndAfterwardsTellsAWatchThatItsVersionHasExpired() throws Exception {
        // Given
        DriverPod pod = namespace.pods().driver("watched").create();
        String before = pod.pod().getMetadata().getResourceVersion();
        namespace.pods().driver("later").create();
        Events replayed = new Events();
        try (Watch watch = watchFrom(before, replayed)) {
            await().atMost(PATIENCE).until(() -> replayed.names().contains("later-driver"));
        }

        // When
        cluster.stopApiServer();

        // Then
        try {
            assertThatThrownBy(() -> new Socket(
                                    InetAddress.getLoopbackAddress(),
                                    cluster.api().getPort())
                            .close())
                    .isInstanceOf(ConnectException.class);
        } finally {
            cluster.startApiServer();
        }

        // When, Then
        Events refused = new Events();
        try (Watch watch = watchFrom(before, refused)) {
            await().atMost(PATIENCE).until(refused::isGone);
        }
        assertThat(refused.names()).isEmpty();
        assertThat(pod.pod().getMetadata().getUid()).isEqualTo(pod.uid());
    }

    private Watch watchFrom(String version, Events events) {
        return cluster.admin()
                .pods()
                .inNamespace(namespace.name())
                .watch(new ListOptionsBuilder().withResourceVersion(version).build(), events);
    }

    @Test
    void aPausedServerAnswersWhenItGoesOn() {
        // Given
        Readiness readiness = cluster.readiness();
        assertThat(readiness.isReady()).isTrue();

        // When
        cluster.pauseApiServer();

        // Then
        try {
            assertThat(readiness.isReady()).isFalse();
        } finally {
            cluster.resumeApiServer();
        }
        await().atMost(PATIENCE).until(readiness::isReady);
    }

    @Test
    void requestsAreCountedByUserVerbAndResource() throws IOException {
        // Given
        Account account = namespace.account("counted", rule("pods", "list", "watch"));
        try (KubernetesClient client = account.client()) {
            await().atMost(PATIENCE)
                    .ignoreException(KubernetesClientException.class)
                    .until(() -> client.pods().inNamespace(namespace.name()).list() != null);

            // When
            client.pods().inNamespace(namespace.name()).list();
            cluster.admin().pods().inNamespace(namespace.name()).list();
            try (Watch watch = client.pods().inNamespace(namespace.name()).watch(new Events())) {
                await().atMost(PATIENCE).until(() -> countOf(account, "watch", 101) == 1);
            }
            assertForbidden(() ->
                    client.pods().inNamespace(namespace.name()).withName("any").delete());

            // Then: each once, a watch too when it has ended, and nothing of the admin's
            await().atMost(PATIENCE).until(() -> countOf(account, "delete", 403) == 1);
            await().atMost(PATIENCE).until(() -> countOf(account, "list", 200) == 2);
            assertThat(countOf(account, "watch", 101)).isEqualTo(1);
            assertThat(cluster.auditLog().requestsOf(account))
                    .extracting(ApiRequest::resource, ApiRequest::namespace)
                    .containsOnly(tuple("pods", namespace.name()));
            assertThat(cluster.auditLog().requests())
                    .extracting(ApiRequest::user)
                    .doesNotContain("admin");
        }
    }

    private long countOf(Account account, String verb, int code) {
        return cluster.auditLog().requestsOf(account).stream()
                .filter(request -> request.verb().equals(verb) && request.code() == code)
                .count();
    }
}
