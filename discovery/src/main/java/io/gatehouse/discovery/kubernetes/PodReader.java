// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.gatehouse.discovery.AppIds;
import io.gatehouse.discovery.DriverPod;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pod of a driver as Spark makes it, in cluster mode and through the operators, which submit in cluster mode.
 *
 * <p>Names are those of Spark's {@code org.apache.spark.deploy.k8s.Constants}; states and reasons those of Kubernetes' API, core/v1.
 * Of the driver's own words nothing is told on: its termination message may be a line of its log.
 */
final class PodReader {
    /** What all of Spark's drivers in cluster mode have. */
    static final String DRIVERS = "spark-role=driver";

    static final String ID_LABEL = "spark-app-selector";
    static final String NAME_LABEL = "spark-app-name";
    static final String DRIVER_CONTAINER = "spark-kubernetes-driver";
    static final String ID_VARIABLE = "SPARK_APPLICATION_ID";
    static final String USER_VARIABLE = "SPARK_USER";
    static final String UI_PORT_NAME = "spark-ui";
    /** {@code spark.ui.port} where nobody sets it. */
    static final int UI_PORT = 4040;

    /** Of what schedulers and image pullers say. */
    private static final int LONGEST_MESSAGE = 300;

    private static final int KILLED = 137;

    private PodReader() {}

    /** Never fails: a pod may hold anything that the API server takes. */
    static DriverPod read(Pod pod) {
        Container driver = driverContainer(pod);
        String name = label(pod, NAME_LABEL);
        return new DriverPod(
                pod.getMetadata().getUid(),
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                time(pod.getMetadata().getCreationTimestamp(), Instant.EPOCH),
                applicationId(pod, driver),
                name.isEmpty() ? pod.getMetadata().getName() : name,
                variable(driver, USER_VARIABLE),
                state(pod, driver),
                departure(pod));
    }

    /** Templates may rename it; sidecars may stand before it. */
    private static @Nullable Container driverContainer(Pod pod) {
        List<Container> containers =
                pod.getSpec() == null ? List.of() : pod.getSpec().getContainers();
        return find(containers, container -> DRIVER_CONTAINER.equals(container.getName()))
                .or(() -> find(
                        containers,
                        container -> !variable(container, ID_VARIABLE).isEmpty()))
                .or(() -> containers.stream().findFirst())
                .orElse(null);
    }

    private static Optional<Container> find(List<Container> containers, Predicate<Container> wanted) {
        return containers.stream().filter(wanted).findFirst();
    }

    private static @Nullable String applicationId(Pod pod, @Nullable Container driver) {
        return Stream.of(variable(driver, ID_VARIABLE), label(pod, ID_LABEL))
                .filter(AppIds::isValid)
                .findFirst()
                .orElse(null);
    }

    private static String label(Pod pod, String name) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(name, "");
    }

    /** Empty where it is not there, or comes from elsewhere. */
    private static String variable(@Nullable Container container, String name) {
        return container == null
                ? ""
                : container.getEnv().stream()
                        .filter(variable -> name.equals(variable.getName()))
                        .map(EnvVar::getValue)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("");
    }

    private static DriverPod.State state(Pod pod, @Nullable Container driver) {
        PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        ContainerState container = containerState(status, driver);
        ContainerStateTerminated ended = container.getTerminated();
        if (ended != null) {
            return over(status, ended);
        }
        String phase = Objects.requireNonNullElse(status.getPhase(), "Pending");
        return switch (phase) {
            case "Succeeded" -> new DriverPod.Over(endOf(pod, status), null);
            case "Failed" -> new DriverPod.Over(endOf(pod, status), failure(status));
            case "Pending" -> new DriverPod.Pending(waitingFor(status, driver, container));
            default ->
                status.getPodIP() == null || container.getWaiting() != null
                        ? new DriverPod.Pending(waitingFor(status, driver, container))
                        : up(pod, status, driver);
        };
    }

    private static ContainerState containerState(PodStatus status, @Nullable Container driver) {
        return status.getContainerStatuses().stream()
                .filter(container -> driver != null && Objects.equals(container.getName(), driver.getName()))
                .map(ContainerStatus::getState)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(ContainerState::new);
    }

    private static DriverPod.Up up(Pod pod, PodStatus status, @Nullable Container driver) {
        List<ContainerPort> ports = driver == null ? List.of() : driver.getPorts();
        int port = ports.stream()
                .filter(candidate -> UI_PORT_NAME.equals(candidate.getName()))
                .map(ContainerPort::getContainerPort)
                .filter(number -> number != null && number > 0 && number <= 65535)
                .findFirst()
                .orElse(UI_PORT);
        String address = status.getPodIP();
        List<String> others = status.getPodIPs().stream()
                .map(PodIP::getIp)
                .filter(other -> other != null && !other.equals(address))
                .toList();
        return new DriverPod.Up(
                address, port, !Boolean.TRUE.equals(pod.getSpec().getHostNetwork()), others);
    }

    private static DriverPod.Over over(PodStatus status, ContainerStateTerminated ended) {
        Instant since = time(ended.getFinishedAt(), time(ended.getStartedAt(), Instant.EPOCH));
        int code = Objects.requireNonNullElse(ended.getExitCode(), 0);
        return new DriverPod.Over(since, code == 0 ? null : exit(status, ended.getReason(), code));
    }

    private static String exit(PodStatus status, @Nullable String reason, int code) {
        if (status.getReason() != null) {
            return failure(status) + " The driver ended with exit code " + code + ".";
        }
        if ("OOMKilled".equals(reason)) {
            return "The driver needed more memory than its container may have, and was killed (OOMKilled, exit code "
                    + code + ").";
        }
        String killed = code == KILLED ? "The driver was killed" : "The driver ended";
        return killed + " with exit code " + code
                + (reason == null || reason.equals("Error") ? "." : " (" + cut(reason) + ").");
    }

    /** Where the whole pod has failed, the kubelet or a controller says why. */
    private static String failure(PodStatus status) {
        if (status.getReason() == null) {
            return "The driver's pod has failed, and the cluster does not say why.";
        }
        return "The driver's pod has failed: " + cut(status.getReason()) + message(status.getMessage());
    }

    /** When a pod ended of whose driver's container nothing is said. */
    private static Instant endOf(Pod pod, PodStatus status) {
        return status.getConditions().stream()
                .map(PodCondition::getLastTransitionTime)
                .filter(Objects::nonNull)
                .map(when -> time(when, Instant.EPOCH))
                .max(Instant::compareTo)
                .orElseGet(() -> time(pod.getMetadata().getCreationTimestamp(), Instant.EPOCH));
    }

    private static String waitingFor(PodStatus status, @Nullable Container driver, ContainerState container) {
        PodCondition scheduled = condition(status, "PodScheduled");
        if (scheduled != null && "False".equals(scheduled.getStatus())) {
            return unscheduled(scheduled);
        }
        ContainerStateWaiting waiting = container.getWaiting();
        if (waiting != null && waiting.getReason() != null) {
            return waitingFor(waiting.getReason(), driver);
        }
        Optional<String> preparing = status.getInitContainerStatuses().stream()
                .map(PodReader::trouble)
                .flatMap(Optional::stream)
                .findFirst();
        return preparing.orElse(
                scheduled == null
                        ? "No node has been chosen for its pod yet."
                        : "Its pod is being prepared on a node.");
    }

    private static @Nullable PodCondition condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }

    /** {@code Unschedulable}, or {@code SchedulingGated}: by Kueue, while a quota is used up. */
    private static String unscheduled(PodCondition scheduled) {
        if ("SchedulingGated".equals(scheduled.getReason())) {
            return "Its pod is held back until there is quota for it (SchedulingGated).";
        }
        return "No node can take its pod" + message(scheduled.getMessage());
    }

    private static String waitingFor(String reason, @Nullable Container driver) {
        return switch (reason) {
            case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull" ->
                "Its image cannot be had (" + reason + "): "
                        + (driver == null ? "" : cut(Objects.requireNonNullElse(driver.getImage(), ""))) + ".";
            case "CreateContainerConfigError", "CreateContainerError", "RunContainerError" ->
                "Its container cannot be made (" + reason + "); the pod's events say why.";
            case "ContainerCreating", "PodInitializing" -> "Its container is being made.";
            default -> "Its container waits: " + cut(reason) + ".";
        };
    }

    /** What keeps an init container from ending well; empty where nothing does. */
    private static Optional<String> trouble(ContainerStatus init) {
        ContainerState state = init.getState();
        if (state == null) {
            return Optional.empty();
        }
        ContainerStateWaiting waiting = state.getWaiting();
        if (waiting != null
                && waiting.getReason() != null
                && !waiting.getReason().equals("PodInitializing")) {
            return Optional.of("Its init container " + init.getName() + " waits: " + cut(waiting.getReason()) + ".");
        }
        ContainerStateTerminated ended = state.getTerminated();
        return ended != null && !Objects.equals(ended.getExitCode(), 0)
                ? Optional.of(
                        "Its init container " + init.getName() + " ended with exit code " + ended.getExitCode() + ".")
                : Optional.empty();
    }

    /** Controllers that take a pod away say so in a condition (Kubernetes 1.26). */
    private static String departure(Pod pod) {
        PodCondition disrupted = pod.getStatus() == null ? null : condition(pod.getStatus(), "DisruptionTarget");
        return disrupted == null || !"True".equals(disrupted.getStatus())
                ? "Its pod was deleted."
                : "Its pod was taken away: " + cut(Objects.requireNonNullElse(disrupted.getReason(), ""))
                        + message(disrupted.getMessage());
    }

    /** As the end of a sentence. */
    private static String message(@Nullable String message) {
        String text = message == null ? "" : cut(message.strip());
        return text.isEmpty() ? "." : ": " + text + (text.endsWith(".") ? "" : ".");
    }

    private static String cut(String text) {
        return text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
    }

    private static Instant time(@Nullable String rfc3339, Instant otherwise) {
        try {
            return rfc3339 == null ? otherwise : Instant.parse(rfc3339);
        } catch (DateTimeParseException notATime) {
            return otherwise;
        }
    }
}
