// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A driver pod before it is made, with what Spark 4.3 puts into one in cluster mode: labels, ports and variables as in
 * {@code org.apache.spark.deploy.k8s.features.BasicDriverFeatureStep} and {@code KubernetesDriverConf}.
 */
public final class DriverPodSpec {
    /** The container that Spark runs in, unless a pod template names it otherwise. */
    public static final String CONTAINER = "spark-kubernetes-driver";

    private final KubernetesClient admin;
    private final String namespace;
    private final String application;
    private String applicationId = "spark-" + UUID.randomUUID().toString().replace("-", "");
    private int uiPort = 4040;
    private String node = "test-node";
    private UnaryOperator<PodBuilder> edits = UnaryOperator.identity();

    DriverPodSpec(KubernetesClient admin, String namespace, String application) {
        this.admin = admin;
        this.namespace = namespace;
        this.application = application;
    }

    /** Instead of one that is like no other's. */
    public DriverPodSpec applicationId(String id) {
        applicationId = id;
        return this;
    }

    /** Instead of 4040: where what plays the driver listens. */
    public DriverPodSpec uiPort(int port) {
        uiPort = port;
        return this;
    }

    /** Where it is to run, such as at {@link Kubelet#node()}, instead of on a node that nobody knows more of. */
    public DriverPodSpec node(String name) {
        node = name;
        return this;
    }

    /** Holds it back from scheduling, as Kueue does until there is quota for it; {@link DriverPod#openGates} ends that. */
    public DriverPodSpec schedulingGate(String gate) {
        return edit(pod -> pod.editSpec().addNewSchedulingGate(gate).endSpec());
    }

    /** Changes the pod further, as a template would: sidecars, labels, other ports. */
    public DriverPodSpec edit(UnaryOperator<PodBuilder> change) {
        UnaryOperator<PodBuilder> before = edits;
        edits = pod -> change.apply(before.apply(pod));
        return this;
    }

    /** Makes it. It is pending then, and nobody has looked for a node. */
    public DriverPod create() {
        return new DriverPod(admin, admin.resource(edits.apply(pod()).build()).create(), applicationId, node);
    }

    private PodBuilder pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(application + "-driver")
                .withLabels(Map.of(
                        "spark-version",
                        "4.3.0",
                        "spark-app-selector",
                        applicationId,
                        "spark-app-name",
                        application,
                        "spark-role",
                        "driver"))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withContainers(container())
                .addNewVolume()
                .withName("spark-local-dir-1")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .addNewVolume()
                .withName("spark-conf-volume-driver")
                .withNewConfigMap()
                .withName(application + "-driver-conf-map")
                .endConfigMap()
                .endVolume()
                .endSpec();
    }

    private Container container() {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage("spark:4.3.0")
                .withImagePullPolicy("IfNotPresent")
                .withArgs(
                        "driver",
                        "--properties-file",
                        "/opt/spark/conf/spark.properties",
                        "--class",
                        "org.apache.spark.deploy.PythonRunner",
                        "local:///opt/app/main.py")
                .withPorts(
                        port("driver-rpc-port", 7078),
                        port("blockmanager", 7079),
                        port("spark-ui", uiPort),
                        port("spark-connect", 15002))
                .withEnv(
                        new EnvVar("SPARK_USER", "spark", null),
                        new EnvVar("SPARK_APPLICATION_ID", applicationId, null),
                        new EnvVarBuilder()
                                .withName("SPARK_DRIVER_BIND_ADDRESS")
                                .withNewValueFrom()
                                .withNewFieldRef("v1", "status.podIP")
                                .endValueFrom()
                                .build(),
                        new EnvVar("SPARK_CONF_DIR", "/opt/spark/conf", null))
                .withNewResources()
                .addToRequests(Map.of("cpu", new Quantity("1"), "memory", new Quantity("1408Mi")))
                .addToLimits("memory", new Quantity("1408Mi"))
                .endResources()
                .addNewVolumeMount()
                .withName("spark-local-dir-1")
                .withMountPath("/var/data/spark-local")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("spark-conf-volume-driver")
                .withMountPath("/opt/spark/conf")
                .endVolumeMount()
                .build();
    }

    private static ContainerPort port(String name, int number) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(number)
                .withProtocol("TCP")
                .build();
    }
}
