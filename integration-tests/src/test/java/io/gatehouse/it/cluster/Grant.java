// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.UUID;

/** What an account was allowed by {@link Cluster#grant} or {@link Cluster#grantEverywhere}. */
public final class Grant {
    private final KubernetesClient admin;
    private final HasMetadata role;
    private final HasMetadata binding;

    private Grant(KubernetesClient admin, HasMetadata role, HasMetadata binding) {
        this.admin = admin;
        this.role = admin.resource(role).create();
        this.binding = admin.resource(binding).create();
    }

    static Grant in(KubernetesClient admin, String namespace, Account account, PolicyRule... rules) {
        String name = freshName(account);
        return new Grant(
                admin,
                new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withRules(rules)
                        .build(),
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", name)
                        .addNewSubject(null, "ServiceAccount", account.name(), account.namespace())
                        .build());
    }

    static Grant everywhere(KubernetesClient admin, Account account, PolicyRule... rules) {
        String name = freshName(account);
        return new Grant(
                admin,
                new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withRules(rules)
                        .build(),
                new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                        .addNewSubject(null, "ServiceAccount", account.name(), account.namespace())
                        .build());
    }

    /** A rule about a resource of the core group, such as {@code pods} or {@code pods/log}. */
    public static PolicyRule rule(String resource, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withResources(resource)
                .withVerbs(verbs)
                .build();
    }

    /** Takes it back. The API server hears of it in a moment; watches that are under way go on. */
    public void revoke() {
        admin.resource(binding).delete();
        admin.resource(role).delete();
    }

    private static String freshName(Account account) {
        return account.name() + "-" + UUID.randomUUID();
    }
}
