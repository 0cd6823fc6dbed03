// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the account of a release of {@code charts/gatehouse} may do: the same as in PodsCT, which shows that discovery needs no more. */
@ClusterTest
class ChartRightsCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final PolicyRule WHAT_DISCOVERY_NEEDS = rule("pods", "list", "watch");

    private Cluster cluster;
    private TestNamespace namespace;
    private Helm helm;

    @BeforeEach
    void find(@TempDir Path folder, Cluster ofAll, TestNamespace own) throws Exception {
        cluster = ofAll;
        namespace = own;
        helm = Helm.of(cluster, folder);
    }

    @Test
    void anAccountMayListAndWatchThePodsOfTheNamespacesThatAreNamedAndNothingElse() throws Exception {
        try (TestNamespace jobs = cluster.namespace("jobs")) {
            // Given
            String[] values = {"--set", Helm.IMAGE, "--set", "config.discovery.cluster.namespaces={" + jobs.name() + "}"
            };
            assertThat(helm.template(namespace.name(), values).one(Role.class).getRules())
                    .containsExactly(WHAT_DISCOVERY_NEEDS);

            // When
            helm.install("named", namespace.name(), values);

            // Then
            Account account = cluster.account(namespace.name(), "named-gatehouse");
            try (KubernetesClient client = account.client()) {
                await().atMost(PATIENCE)
                        .until(() -> !rights(client, jobs.name()).isEmpty());
                assertThat(rights(client, jobs.name())).containsExactly("[pods] [list, watch]");
                assertThat(rights(client, namespace.name())).isEmpty();
                assertThat(rights(client, "default")).isEmpty();
                assertThat(client.pods().inNamespace(jobs.name()).list().getItems())
                        .isEmpty();
            } finally {
                helm.uninstall("named", namespace.name());
            }
        }
    }

    @Test
    void whereNoNamespaceIsNamedItMayDoSoInAll() throws Exception {
        // Given
        assertThat(helm.template(namespace.name(), "--set", Helm.IMAGE)
                        .one(ClusterRole.class)
                        .getRules())
                .containsExactly(WHAT_DISCOVERY_NEEDS);

        // When
        helm.install("all", namespace.name(), "--set", Helm.IMAGE);

        // Then
        Account account = cluster.account(namespace.name(), "all-gatehouse");
        try (KubernetesClient client = account.client()) {
            await().atMost(PATIENCE)
                    .until(() -> !rights(client, namespace.name()).isEmpty());
            for (String anywhere : List.of(namespace.name(), "default", "kube-system")) {
                assertThat(rights(client, anywhere)).containsExactly("[pods] [list, watch]");
            }
            assertThat(client.pods().inAnyNamespace().list().getItems()).isNotNull();
        } finally {
            helm.uninstall("all", namespace.name());
        }
    }

    /** What somebody may do with resources in a namespace, besides asking about himself as everybody may. */
    private static List<String> rights(KubernetesClient client, String where) {
        List<ResourceRule> rules = client.authorization()
                .v1()
                .selfSubjectRulesReview()
                .create(new SelfSubjectRulesReviewBuilder().withNewSpec(where).build())
                .getStatus()
                .getResourceRules();
        return rules.stream()
                .filter(rule -> rule.getResources().stream().noneMatch(resource -> resource.startsWith("selfsubject")))
                .map(rule -> rule.getResources() + " " + rule.getVerbs())
                .toList();
    }
}
