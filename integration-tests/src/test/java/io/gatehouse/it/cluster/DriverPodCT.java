// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What stands in for schedulers and kubelets: a test may believe that a pod is what these helpers made of it. */
@ClusterTest
class DriverPodCT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final TestNamespace namespace;

    DriverPodCT(Cluster cluster, TestNamespace namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
    }

    private static PodCondition condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type + " is not among " + pod.getStatus()));
    }

    private static ContainerState driverState(Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getState();
    }

    private static String phase(DriverPod pod) {
        return pod.pod().getStatus().getPhase();
    }

    @Test
    void aPodIsMovedThroughItsLife() {
        // Given
        DriverPod pod = namespace.pods().driver("life").create();
        assertThat(phase(pod)).isEqualTo("Pending");

        // When, Then
        pod.unschedulable("0/3 nodes are available: 3 Insufficient memory.");
        assertThat(condition(pod.pod(), "PodScheduled"))
                .returns("Unschedulable", PodCondition::getReason)
                .returns("0/3 nodes are available: 3 Insufficient memory.", PodCondition::getMessage);

        pod.waiting("ImagePullBackOff", "Back-off pulling image");
        assertThat(driverState(pod.pod()).getWaiting().getReason()).isEqualTo("ImagePullBackOff");
        assertThat(pod.pod().getSpec().getNodeName()).isEqualTo("test-node");

        pod.running("127.0.0.7");
        assertThat(phase(pod)).isEqualTo("Running");
        assertThat(pod.pod().getStatus().getPodIP()).isEqualTo("127.0.0.7");
        assertThat(condition(pod.pod(), "Ready").getStatus()).isEqualTo("False");

        pod.ready("127.0.0.7");
        assertThat(condition(pod.pod(), "Ready").getStatus()).isEqualTo("True");

        pod.outOfMemory();
        assertThat(phase(pod)).isEqualTo("Failed");
        assertThat(driverState(pod.pod()).getTerminated().getReason()).isEqualTo("OOMKilled");
        assertThat(driverState(pod.pod()).getTerminated().getExitCode()).isEqualTo(137);

        // The server is no mock: it knows that nothing returns from its end
        assertThatThrownBy(() -> pod.running("127.0.0.7"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("may not be transitioned to non-terminated state");
    }

    @Test
    void driversSucceedAreEvictedAndEndBesideASidecarAndListenOnIpv6() {
        // Given
        Pods pods = namespace.pods();
        DriverPod good = pods.driver("good").create().ready("::1");
        DriverPod evicted = pods.driver("evicted").create().ready("127.0.0.1");
        DriverPod sidecar = pods.driver("sidecar")
                .edit(pod -> pod.editSpec()
                        .addToContainers(new ContainerBuilder()
                                .withName("proxy")
                                .withImage("proxy:1")
                                .build())
                        .endSpec())
                .create()
                .ready("127.0.0.1");
        assertThat(good.pod().getStatus().getPodIP()).isEqualTo("::1");

        // When
        good.succeeded();
        evicted.evicted("The node was low on resource: memory.");
        sidecar.driverEnded(3, "Error");

        // Then
        assertThat(phase(good)).isEqualTo("Succeeded");
        assertThat(evicted.pod().getStatus().getReason()).isEqualTo("Evicted");
        assertThat(phase(sidecar)).isEqualTo("Running");
        assertThat(sidecar.pod().getStatus().getContainerStatuses())
                .extracting(status -> status.getState().getTerminated() != null)
                .containsExactly(true, false);
    }

    @Test
    void aGateHoldsAPodBack() {
        // Given
        DriverPod gated = namespace
                .pods()
                .driver("gated")
                .schedulingGate("kueue.x-k8s.io/admission")
                .create();
        assertThat(condition(gated.pod(), "PodScheduled").getReason()).isEqualTo("SchedulingGated");

        // When
        gated.openGates();

        // Then
        assertThat(gated.ready("127.0.0.1").pod().getSpec().getNodeName()).isEqualTo("test-node");
    }

    @Test
    void aQuotaRefusesAPod() {
        // Given
        try (TestNamespace poor = cluster.namespace("poor")) {
            Resource<ResourceQuota> quota = cluster.admin()
                    .resource(new ResourceQuotaBuilder()
                            .withNewMetadata()
                            .withNamespace(poor.name())
                            .withName("memory")
                            .endMetadata()
                            .withNewSpec()
                            .withHard(Map.of("requests.memory", new Quantity("1Mi")))
                            .endSpec()
                            .build());
            quota.create();
            // The controller has counted what is there; until then the server would say that it does not know.
            quota.waitUntilCondition(
                    counted -> !counted.getStatus().getUsed().isEmpty(), PATIENCE.toSeconds(), TimeUnit.SECONDS);

            // When, Then
            assertThatThrownBy(() -> poor.pods().driver("too-much").create())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("exceeded quota");
        }
    }

    @Test
    void aPodWithANodeIsDeletedWhenItsKubeletLetsGoOfIt() {
        // Given
        DriverPod bound = namespace.pods().driver("bound").create().ready("127.0.0.1");
        DriverPod pending = namespace.pods().driver("pending").create();

        // When
        bound.delete(Duration.ofSeconds(30));
        pending.delete(Duration.ofSeconds(30));

        // Then
        assertThat(bound.pod().getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(cluster.admin().resource(pending.asCreated()).get()).isNull();

        // When
        bound.gone();

        // Then
        assertThat(cluster.admin().resource(bound.asCreated()).get()).isNull();
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void aLogStreamsWhileItIsWritten() throws IOException {
        // Given
        try (Kubelet kubelet = Kubelet.start(cluster)) {
            DriverPod pod = namespace
                    .pods()
                    .driver("talking")
                    .node(kubelet.node())
                    .create()
                    .ready("127.0.0.1");
            PodLog log = kubelet.log(pod);
            log.append("first\n");
            try (LogWatch watch =
                            cluster.admin().pods().resource(pod.asCreated()).watchLog();
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(watch.getOutput(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo("first");

                // When
                log.append("second\n");

                // Then
                assertThat(lines.readLine()).isEqualTo("second");
                log.end();
                assertThat(lines.readLine()).isNull();
            }
            assertThat(cluster.admin().pods().resource(pod.asCreated()).getLog())
                    .isEqualTo("first\nsecond\n");
        }
    }
}
