// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;

/** Driver pods of one namespace, as {@code spark-submit} and the operators make them. Safe for use by several threads. */
public final class Pods {
    private final KubernetesClient admin;
    private final String namespace;

    Pods(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    /** A driver pod to be; {@link DriverPodSpec#create} makes it. Its name ends in {@code -driver}, as Spark's do. */
    public DriverPodSpec driver(String application) {
        return new DriverPodSpec(admin, namespace, application);
    }
}
