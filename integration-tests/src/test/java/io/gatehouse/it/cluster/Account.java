// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/**
 * A service account, made by {@link Cluster#serviceAccount}.
 *
 * @param token by which the API server knows it, for two hours
 * @param kubeconfig for clients that shall be it
 */
public record Account(Cluster cluster, String namespace, String name, String token, Path kubeconfig) {
    /** The user name that the API server has for it, in the audit log too. */
    public String user() {
        return "system:serviceaccount:" + namespace + ":" + name;
    }

    /** A client that is this account; the caller closes it. It does not repeat what fails. */
    public KubernetesClient client() {
        return cluster.client(token);
    }

    @Override
    public String toString() {
        return user();
    }
}
