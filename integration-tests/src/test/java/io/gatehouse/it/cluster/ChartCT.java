// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.gatehouse.it.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code charts/gatehouse} before a real API server: what it takes, and what becomes of a release. */
@ClusterTest
@TestInstance(Lifecycle.PER_CLASS)
class ChartCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Cluster cluster;
    private TestNamespace namespace;
    private Path folder;
    private Helm helm;

    @BeforeAll
    void find(@TempDir Path temporary, Cluster ofAll, TestNamespace own) throws Exception {
        cluster = ofAll;
        namespace = own;
        folder = temporary;
        helm = Helm.of(cluster, folder);
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void theApiServerTakesEveryManifestWithoutAnUnknownField(Path values) {
        Manifests manifests = helm.template(namespace.name(), "--values", values.toString());
        assertThat(manifests.all()).hasSizeGreaterThanOrEqualTo(3).allSatisfy(this::assertTaken);
    }

    /** A dry run in which the API server checks all and keeps nothing. */
    private void assertTaken(HasMetadata manifest) {
        if (!manifest.getKind().startsWith("Cluster") && manifest.getMetadata().getNamespace() == null) {
            manifest.getMetadata().setNamespace(namespace.name());
        }
        HasMetadata taken = cluster.admin()
                .resource(manifest)
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();
        assertThat(taken.getMetadata().getUid()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource(Helm.VALUES)
    void itsPodsAreRestricted(Path values) {
        Manifests manifests = helm.template(namespace.name(), "--values", values.toString());
        assertThat(createRestricted(manifests).getMetadata().getUid()).isNotEmpty();
    }

    @Test
    void podsThatMayGainPrivilegesAreRefusedWhereOnlyRestrictedOnesMayRun() {
        // Given: what shows that the test above can fail
        Manifests manifests = helm.template(
                namespace.name(), "--set", Helm.IMAGE, "--set", "securityContext.allowPrivilegeEscalation=true");
        // When / Then
        assertThatThrownBy(() -> createRestricted(manifests))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("violates PodSecurity \"restricted")
                .hasMessageContaining("allowPrivilegeEscalation");
    }

    /** The pod that a Deployment's controllers would make, in a namespace that takes restricted ones only; kept by nobody. */
    private Pod createRestricted(Manifests manifests) {
        cluster.admin()
                .namespaces()
                .withName(namespace.name())
                .edit(present -> present.edit()
                        .editMetadata()
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build());
        Pod pod = new PodBuilder()
                .withMetadata(manifests.pod().getMetadata())
                .editMetadata()
                .withName("door")
                .withNamespace(namespace.name())
                .endMetadata()
                .withSpec(manifests.pod().getSpec())
                .build();
        return cluster.admin().resource(pod).dryRun().create();
    }

    @Test
    void aReleaseIsInstalledChangedRolledBackAndLeavesNothingBehind() throws Exception {
        try (TestNamespace jobs = cluster.namespace("jobs")) {
            String inJobs = "config.discovery.cluster.namespaces={" + jobs.name() + "}";
            // When
            String notes = helm.install("door", namespace.name(), "--set", Helm.IMAGE + ",replicas=2", "--set", inJobs);

            // Then
            assertThat(notes).contains("Drivers are found in " + jobs.name() + ".", "/apps", "No History Server");
            assertThat(of("door")).hasSize(7);
            long first = generation();

            // When: what reloads
            upgrade("config.logging.level=debug,config.ui.limits.maxHeaders=50,config.upstream.maxPending=7");

            // Then: the running pods read it, and stay
            assertThat(configuration()).contains("level: debug", "maxPending: 7");
            assertThat(generation()).isEqualTo(first);

            // When: a namespace is added, which reloads too
            upgrade("config.discovery.cluster.namespaces={" + jobs.name() + "," + namespace.name() + "}");

            // Then
            assertThat(of("door")).hasSize(9);
            assertThat(generation()).isEqualTo(first);

            // When: what does not reload
            upgrade("config.threads=3");

            // Then
            assertThat(generation()).isEqualTo(first + 1);

            // When
            helm.run("rollback", "door", "1", "--namespace", namespace.name());

            // Then
            assertThat(configuration()).doesNotContain("level: debug", "threads");
            assertThat(generation()).isEqualTo(first + 2);
            assertThat(of("door")).hasSize(7);

            // When
            helm.uninstall("door", namespace.name());

            // Then
            await().atMost(PATIENCE).until(() -> of("door").isEmpty());
            assertThat(cluster.admin()
                            .secrets()
                            .inNamespace(namespace.name())
                            .list()
                            .getItems())
                    .as("what Helm itself keeps")
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/helm.md", "docs/from-spark-web-proxy.md"})
    void theCommandOfThePageInstallsIt(String page) throws Exception {
        // Given: what the page calls values.yaml
        String text = Files.readString(Repository.root().resolve(page));
        Matcher values = Pattern.compile("(?s)```yaml\n# values.yaml\n(.*?)```").matcher(text);
        Path file = Files.writeString(folder.resolve("values.yaml"), values.find() ? values.group(1) : "");
        Matcher command =
                Pattern.compile("(?m)^helm (upgrade (?:.*\\\\\n)*.*)$").matcher(text);
        assertThat(command.find()).isTrue();

        // When
        String[] arguments = command.group(1)
                .replace("\\\n", "")
                .replace("'", "")
                .replace("values.yaml", file.toString())
                .replace("--namespace spark", "--namespace " + namespace.name() + " --dry-run=server")
                .split(" +");

        // Then
        assertThat(helm.run(arguments))
                .contains("Drivers are found in", "Gatehouse")
                .doesNotContain("No History Server");
    }

    private void upgrade(String values) {
        helm.upgrade("door", namespace.name(), "--set", values);
    }

    /** Counts the changes of what the pods are made from, and of their number. */
    private long generation() {
        return cluster.admin()
                .apps()
                .deployments()
                .inNamespace(namespace.name())
                .withName("door-gatehouse")
                .require()
                .getMetadata()
                .getGeneration();
    }

    private String configuration() {
        ConfigMap map = cluster.admin()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("door-gatehouse")
                .require();
        return map.getData().get("gatehouse.yaml");
    }

    /** Whatever carries the labels of a release, wherever it lies. */
    private List<? extends HasMetadata> of(String release) {
        KubernetesClient admin = cluster.admin();
        return Stream.of(
                        admin.apps().deployments().inAnyNamespace(),
                        admin.services().inAnyNamespace(),
                        admin.configMaps().inAnyNamespace(),
                        admin.serviceAccounts().inAnyNamespace(),
                        admin.policy().v1().podDisruptionBudget().inAnyNamespace(),
                        admin.network().v1().ingresses().inAnyNamespace(),
                        admin.rbac().roles().inAnyNamespace(),
                        admin.rbac().roleBindings().inAnyNamespace(),
                        admin.rbac().clusterRoles(),
                        admin.rbac().clusterRoleBindings())
                .flatMap(kind -> kind.withLabel("app.kubernetes.io/instance", release).list().getItems().stream())
                .toList();
    }
}
