// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.io.IOException;

/** A namespace of a test's own, made by {@link Cluster#namespace} and emptied by the cluster after it was closed. */
public record TestNamespace(Cluster cluster, String name) implements AutoCloseable {
    /** Makes driver pods in it. */
    public Pods pods() {
        return new Pods(cluster.admin(), name);
    }

    /** A new service account in it that may do this in it, and nothing else. */
    public Account account(String account, PolicyRule... rules) throws IOException {
        Account made = cluster.serviceAccount(name, account);
        cluster.grant(made, name, rules);
        return made;
    }

    /** Asks the cluster to delete it, and does not wait. */
    @Override
    public void close() {
        cluster.admin().namespaces().withName(name).delete();
    }
}
