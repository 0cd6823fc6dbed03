// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A driver pod, made by {@link DriverPodSpec#create}. Each method does to it what a scheduler or a kubelet would do, and returns when
 * the API server has it. The API server refuses what cannot be, such as a container that runs again after its end.
 */
public final class DriverPod {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int OUT_OF_MEMORY = 137;

    private final KubernetesClient admin;
    private final Pod created;
    private final String applicationId;
    private final String node;
    private boolean bound;

    DriverPod(KubernetesClient admin, Pod created, String applicationId, String node) {
        this.admin = admin;
        this.created = created;
        this.applicationId = applicationId;
        this.node = node;
        this.bound = created.getSpec().getNodeName() != null;
    }

    /** The name of the pod; that of its application and {@code -driver}. */
    public String name() {
        return created.getMetadata().getName();
    }

    /** Like no other pod's, also of one of the same name. */
    public String uid() {
        return created.getMetadata().getUid();
    }

    /** What Spark calls the application. */
    public String applicationId() {
        return applicationId;
    }

    /** The pod as it was made, which names it to a client. */
    public Pod asCreated() {
        return created;
    }

    /** The pod as the API server has it now. */
    public Pod pod() {
        return resource().require();
    }

    /** The scheduler has found no node. */
    public DriverPod unschedulable(String message) {
        return write(new PodStatusBuilder()
                .withPhase("Pending")
                .withConditions(condition("PodScheduled", "False", "Unschedulable", message)));
    }

    /** No gate holds it back from scheduling any more. */
    public DriverPod openGates() {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"schedulingGates\":null}}");
        return this;
    }

    /** It has a node, and its container waits, for example for {@code ImagePullBackOff}. */
    public DriverPod waiting(String reason, String message) {
        bind();
        ContainerState state =
                new ContainerStateBuilder().withNewWaiting(message, reason).build();
        return write(new PodStatusBuilder()
                .withPhase("Pending")
                .withStartTime(now())
                .withConditions(onNode(false))
                .withContainerStatuses(statuses(state, state, false)));
    }

    /**
     * All its containers run, at an address. It is not ready, as where a readiness probe has not been answered yet.
     *
     * @param address of the pod, IPv4 or IPv6: the loopback address where what plays the driver listens
     */
    public DriverPod running(String address) {
        return running(address, false);
    }

    /** The same, and it is ready at once, as drivers without a probe are. */
    public DriverPod ready(String address) {
        return running(address, true);
    }

    private DriverPod running(String address, boolean ready) {
        bind();
        return write(new PodStatusBuilder()
                .withPhase("Running")
                .withStartTime(now())
                .withPodIP(address)
                .addNewPodIP(address)
                .withConditions(onNode(ready))
                .withContainerStatuses(statuses(running(), running(), ready)));
    }

    /** The driver's container has ended and others go on, such as a sidecar; so does the pod. */
    public DriverPod driverEnded(int exitCode, String reason) {
        return write(new PodStatusBuilder()
                .withPhase("Running")
                .withConditions(onNode(false))
                .withContainerStatuses(statuses(terminated(exitCode, reason), running(), false)));
    }

    /** All its containers have ended, the driver's with 0. */
    public DriverPod succeeded() {
        return ended("Succeeded", terminated(0, "Completed"));
    }

    /** All its containers have ended, the driver's with another code; its reason is {@code Error} where a program ends by itself. */
    public DriverPod failed(int exitCode, String reason) {
        return ended("Failed", terminated(exitCode, reason));
    }

    /** The kernel has ended the driver, as it took more memory than it may. */
    public DriverPod outOfMemory() {
        return failed(OUT_OF_MEMORY, "OOMKilled");
    }

    /** The kubelet has ended the pod for its node's sake. */
    public DriverPod evicted(String message) {
        return write(new PodStatusBuilder()
                .withPhase("Failed")
                .withReason("Evicted")
                .withMessage(message)
                .withConditions(onNode(false)));
    }

    private DriverPod ended(String phase, ContainerState driver) {
        return write(new PodStatusBuilder()
                .withPhase(phase)
                .withConditions(onNode(false))
                .withContainerStatuses(statuses(driver, terminated(0, "Completed"), false)));
    }

    /**
     * Asks for its deletion. With a node, it stays, with a deletion timestamp, until {@link #gone}; without one it is gone at once.
     */
    public DriverPod delete(Duration grace) {
        resource().withGracePeriod(grace.toSeconds()).delete();
        return this;
    }

    /** Its containers are gone, so that the kubelet lets go of it; also without {@link #delete}, as where a node is lost. */
    public void gone() {
        resource().withGracePeriod(0).delete();
        await("the end of " + name()).atMost(PATIENCE).until(() -> resource().get() == null);
    }

    /** Writes any other status over what is there; what it does not name stays. */
    public DriverPod write(PodStatusBuilder status) {
        resource()
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        admin.getKubernetesSerialization().asJson(Map.of("status", status.build())));
        return this;
    }

    /** As the scheduler does; from then on a deletion is graceful. */
    private void bind() {
        if (bound) {
            return;
        }
        admin.bindings()
                .inNamespace(created.getMetadata().getNamespace())
                .resource(new BindingBuilder()
                        .withNewMetadata()
                        .withName(name())
                        .endMetadata()
                        .withNewTarget()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node)
                        .endTarget()
                        .build())
                .create();
        bound = true;
    }

    private PodResource resource() {
        return admin.pods().inNamespace(created.getMetadata().getNamespace()).withName(name());
    }

    private List<ContainerStatus> statuses(ContainerState driver, ContainerState others, boolean ready) {
        return created.getSpec().getContainers().stream()
                .map(container -> new ContainerStatusBuilder()
                        .withName(container.getName())
                        .withImage(container.getImage())
                        .withImageID("")
                        .withRestartCount(0)
                        .withReady(ready)
                        .withState(container.getName().equals(DriverPodSpec.CONTAINER) ? driver : others)
                        .build())
                .toList();
    }

    private static ContainerState running() {
        return new ContainerStateBuilder().withNewRunning(now()).build();
    }

    private static ContainerState terminated(int exitCode, String reason) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(exitCode)
                .withReason(reason)
                .withFinishedAt(now())
                .endTerminated()
                .build();
    }

    /** The conditions of a pod that has a node. */
    private static List<PodCondition> onNode(boolean ready) {
        String reason = ready ? null : "ContainersNotReady";
        return List.of(
                condition("PodScheduled", "True", null, null),
                condition("Initialized", "True", null, null),
                condition("ContainersReady", ready ? "True" : "False", reason, null),
                condition("Ready", ready ? "True" : "False", reason, null));
    }

    private static PodCondition condition(String type, String status, String reason, String message) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(now())
                .build();
    }

    /** In the form of Kubernetes, which knows no fractions of a second here. */
    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public String toString() {
        return name();
    }
}
