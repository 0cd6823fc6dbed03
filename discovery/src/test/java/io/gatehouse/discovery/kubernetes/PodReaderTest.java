// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.gatehouse.discovery.DriverPod;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods as Spark's submission client and Kubernetes write them. */
class PodReaderTest {
    private static final String PENDING = "status: {phase: Pending}";
    private static final String RUNNING = """
            status:
              phase: Running
              podIP: 10.1.2.3
              containerStatuses:
              - {name: spark-kubernetes-driver, ready: true, state: {running: {startedAt: "2026-11-22T09:00:05Z"}}}
              - {name: istio-proxy, ready: true, state: {running: {startedAt: "2026-11-22T09:00:04Z"}}}
            """;

    /** As Spark 4 makes it, with a sidecar in front, as injectors put theirs. */
    private static DriverPod pod(String status) {
        return read("""
                metadata:
                  name: pi-driver
                  namespace: etl
                  uid: 0b9b5b0c-9d0c-4a8e-8c55-1d2a3b4c5d6e
                  creationTimestamp: "2026-11-22T09:00:00Z"
                  labels: {spark-role: driver, spark-app-selector: spark-0123abcd, spark-app-name: pi, spark-version: 4.3.0}
                spec:
                  containers:
                  - name: istio-proxy
                    ports: [{name: http-envoy-ui, containerPort: 15090}, {name: build, containerPort: 9000}]
                  - name: spark-kubernetes-driver
                    image: registry.example.com/spark:4.3.0
                    ports:
                    - {name: driver-rpc-port, containerPort: 7078}
                    - {name: blockmanager, containerPort: 7079}
                    - {name: spark-ui, containerPort: 4045}
                    env:
                    - {name: SPARK_USER, value: alice}
                    - {name: SPARK_APPLICATION_ID, value: spark-0123abcd}
                    - {name: SPARK_DRIVER_BIND_ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                """ + status);
    }

    private static DriverPod read(String yaml) {
        return PodReader.read(Serialization.unmarshal("apiVersion: v1\nkind: Pod\n" + yaml, Pod.class));
    }

    @Test
    void aPodMayHaveAnAddressOfEachFamily() {
        DriverPod pod = pod(RUNNING + "  podIPs: [{ip: 10.1.2.3}, {ip: \"fd00::12\"}]\n");
        assertThat(pod.state()).isEqualTo(new DriverPod.Up("10.1.2.3", 4045, true, List.of("fd00::12")));
    }

    @Test
    void aDriverThatRuns() {
        DriverPod pod = pod(RUNNING);
        assertThat(pod.uid()).isEqualTo("0b9b5b0c-9d0c-4a8e-8c55-1d2a3b4c5d6e");
        assertThat(pod).hasToString("etl/pi-driver");
        assertThat(pod.created()).isEqualTo(Instant.parse("2026-11-22T09:00:00Z"));
        assertThat(pod.applicationId()).isEqualTo("spark-0123abcd");
        assertThat(pod.applicationName()).isEqualTo("pi");
        assertThat(pod.user()).isEqualTo("alice");
        // Defect 25 of the old proxy: any port whose name contains "ui".
        assertThat(pod.state()).isEqualTo(new DriverPod.Up("10.1.2.3", 4045, true));
        assertThat(pod.departure()).isEqualTo("Its pod was deleted.");
    }

    @Test
    void whatAPodDoesNotSay() {
        DriverPod bare = read("metadata: {name: d, namespace: n, uid: u}\nspec: {containers: [{name: main}]}\n"
                + "status: {phase: Running, podIP: 'fd00::12'}");
        assertThat(bare.applicationId()).isNull();
        assertThat(bare.applicationName()).isEqualTo("d");
        assertThat(bare.user()).isEmpty();
        assertThat(bare.state()).isEqualTo(new DriverPod.Up("fd00::12", 4040, true));
        assertThat(read("metadata: {name: d, namespace: n, uid: u}").state())
                .isEqualTo(new DriverPod.Pending("No node has been chosen for its pod yet."));
    }

    @Test
    void theDriversContainerIsFoundByNameByVariableOrIsTheFirst() {
        String status = "status: {phase: Running, podIP: 10.1.2.3}";
        String containers = "metadata: {name: d, namespace: n, uid: u, labels: {spark-app-selector: app-l}}\n"
                + "spec: {hostNetwork: true, containers: [{name: a, ports: [{name: spark-ui, containerPort: 1}]}, {name: b%s,"
                + " ports: [{name: spark-ui, containerPort: 2}]}]}\n" + status;
        assertThat(read(containers.formatted("")).state()).isEqualTo(new DriverPod.Up("10.1.2.3", 1, false));
        DriverPod byVariable = read(containers.formatted(", env: [{name: SPARK_APPLICATION_ID, value: app-v}]"));
        assertThat(byVariable.state()).isEqualTo(new DriverPod.Up("10.1.2.3", 2, false));
        assertThat(byVariable.applicationId()).isEqualTo("app-v");
        assertThat(read(containers.formatted(", env: [{name: SPARK_APPLICATION_ID, value: 'a/../b'}]"))
                        .applicationId())
                .as("not an id")
                .isEqualTo("app-l");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {phase: Pending}                                                       | No node has been chosen for its pod yet.
            {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/5 nodes are available: 5 Insufficient memory."}]} | No node can take its pod: 0/5 nodes are available: 5 Insufficient memory.
            {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]} | Its pod is held back until there is quota for it (SchedulingGated).
            {phase: Pending, conditions: [{type: PodScheduled, status: "True"}]}   | Its pod is being prepared on a node.
            {phase: Pending, containerStatuses: [{name: spark-kubernetes-driver, state: {waiting: {reason: ContainerCreating}}}]} | Its container is being made.
            {phase: Pending, containerStatuses: [{name: spark-kubernetes-driver, state: {waiting: {reason: ImagePullBackOff, message: "secret"}}}]} | Its image cannot be had (ImagePullBackOff): registry.example.com/spark:4.3.0.
            {phase: Pending, containerStatuses: [{name: spark-kubernetes-driver, state: {waiting: {reason: CreateContainerConfigError}}}]} | Its container cannot be made (CreateContainerConfigError); the pod's events say why.
            {phase: Pending, initContainerStatuses: [{name: fetch, state: {terminated: {exitCode: 3}}}]} | Its init container fetch ended with exit code 3.
            {phase: Running, podIP: 10.1.2.3, containerStatuses: [{name: spark-kubernetes-driver, state: {waiting: {reason: PodInitializing}}}]} | Its container is being made.
            """)
    void whatADriverWaitsFor(String status, String reason) {
        assertThat(pod("status: " + status).state()).isEqualTo(new DriverPod.Pending(reason));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {reason: OOMKilled, exitCode: 137} | The driver needed more memory than its container may have, and was killed (OOMKilled, exit code 137).
            {reason: Error, exitCode: 1, message: "password=hunter2"} | The driver ended with exit code 1.
            {reason: Error, exitCode: 137}     | The driver was killed with exit code 137.
            {reason: ContainerCannotRun, exitCode: 127} | The driver ended with exit code 127 (ContainerCannotRun).
            """)
    void howADriverFailed(String terminated, String reason) {
        String status =
                "status: {phase: Failed, containerStatuses: [{name: spark-kubernetes-driver, state: {terminated: "
                        + terminated.replace("{", "{finishedAt: \"2026-11-22T09:30:00Z\", ") + "}}]}";
        assertThat(pod(status).state()).isEqualTo(new DriverPod.Over(Instant.parse("2026-11-22T09:30:00Z"), reason));
    }

    @Test
    void aSidecarKeepsNoDriverAlive() {
        DriverPod pod = pod("""
                status:
                  phase: Running
                  podIP: 10.1.2.3
                  containerStatuses:
                  - {name: istio-proxy, state: {running: {startedAt: "2026-11-22T09:00:04Z"}}}
                  - name: spark-kubernetes-driver
                    state: {terminated: {exitCode: 0, reason: Completed, finishedAt: "2026-11-22T09:30:00Z"}}
                """);
        assertThat(pod.state()).isEqualTo(new DriverPod.Over(Instant.parse("2026-11-22T09:30:00Z"), null));
    }

    @Test
    void aPodThatFailedAsAWhole() {
        DriverPod evicted = pod("""
                status:
                  phase: Failed
                  reason: Evicted
                  message: "The node was low on resource: memory."
                  conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-11-22T09:20:00Z"}]
                """);
        assertThat(evicted.state())
                .isEqualTo(new DriverPod.Over(
                        Instant.parse("2026-11-22T09:20:00Z"),
                        "The driver's pod has failed: Evicted: The node was low on resource: memory."));
        assertThat(pod("status: {phase: Succeeded}").state())
                .isEqualTo(new DriverPod.Over(Instant.parse("2026-11-22T09:00:00Z"), null));
    }

    @Test
    void whyAPodWillHaveGone() {
        DriverPod pod = pod(RUNNING + """
                  conditions:
                  - type: DisruptionTarget
                    status: "True"
                    reason: PreemptionByScheduler
                    message: "default-scheduler: preempting to accommodate a higher priority pod"
                """);
        assertThat(pod.departure())
                .isEqualTo("Its pod was taken away: PreemptionByScheduler: default-scheduler: preempting to accommodate"
                        + " a higher priority pod.");
    }

    @Test
    void longMessagesAreCut() {
        DriverPod pod = pod("status: {phase: Failed, reason: Odd, message: '" + "x".repeat(5000) + "'}");
        assertThat(((DriverPod.Over) pod.state()).failure()).hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status: {phase: Odd, podIP: 10.1.2.3, containerStatuses: [{name: spark-kubernetes-driver}]}",
                "status: {phase: Running, containerStatuses: [{name: spark-kubernetes-driver, state: {terminated: {}}}]}",
                "status: {phase: Failed, conditions: [{}], containerStatuses: [{}], initContainerStatuses: [{}]}",
                PENDING
            })
    void nothingThatTheApiServerTakesBreaksIt(String status) {
        assertThat(pod(status).state()).isNotNull();
        assertThat(read("metadata: {name: d, namespace: n, uid: u}\nspec: {containers: []}\n" + status)
                        .state())
                .isNotNull();
    }
}
