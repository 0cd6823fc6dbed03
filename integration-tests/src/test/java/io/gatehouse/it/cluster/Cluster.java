// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real Kubernetes API: etcd, kube-apiserver with RBAC, and the controllers that look after namespaces, garbage, service accounts and
 * quotas. There is no scheduler, no kubelet and no container: see {@link DriverPod} and {@link Kubelet}.
 *
 * <p>Made by {@link ClusterExtension}, once for all classes of a JVM. A class that stops, restarts or pauses the API server does so for
 * itself alone, as classes run one after the other; the extension starts it again for the next.
 */
public final class Cluster implements AutoCloseable {
    private static final long TOKEN_SECONDS = 7200;

    private final ClusterFiles files;
    private final ControlPlane controlPlane;
    private final KubernetesClient admin;
    private final AuditLog auditLog;
    private final AtomicInteger kubeconfigs = new AtomicInteger();

    private Cluster(ClusterFiles files, ControlPlane controlPlane) {
        this.files = files;
        this.controlPlane = controlPlane;
        this.admin = client(files.adminToken());
        this.auditLog = new AuditLog(files.auditLog());
    }

    /**
     * Starts one and returns when its API server is ready.
     *
     * @param folder takes keys and data, and is empty
     * @param logs takes what the programs say
     */
    static Cluster start(Path folder, Path logs) throws IOException, InterruptedException {
        ClusterFiles files = ClusterFiles.in(folder);
        return new Cluster(files, ControlPlane.start(ClusterBinaries.find(), files, logs));
    }

    /** Where the API server listens, with TLS; it stays the same when the server is started again. */
    public URI api() {
        return controlPlane.api();
    }

    /** The CA of the API server's certificate. */
    public TestPki pki() {
        return files.pki();
    }

    /** The client of a user who may do everything; shared, and closed with the cluster. Its requests are not audited. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The kubeconfig of that user. */
    public Path adminKubeconfig() throws IOException {
        return kubeconfig(files.adminToken());
    }

    /** What others than the admin and the controllers have asked of the API server. */
    public AuditLog auditLog() {
        return auditLog;
    }

    /** Makes a namespace. Its name begins as given and is like no other's. */
    public TestNamespace namespace(String prefix) {
        String name = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName(prefix + "-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
        return new TestNamespace(this, name);
    }

    /** Makes a service account and asks for a token of it, as a kubelet does for a pod. It may do nothing until it is granted. */
    public Account serviceAccount(String namespace, String name) throws IOException {
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return account(namespace, name);
    }

    /** A service account that is there, with a token of it. */
    public Account account(String namespace, String name) throws IOException {
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(TOKEN_SECONDS)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        return new Account(this, namespace, name, token, kubeconfig(token));
    }

    /** Lets an account do something in one namespace: a Role and its binding. */
    public Grant grant(Account account, String namespace, PolicyRule... rules) {
        return Grant.in(admin, namespace, account, rules);
    }

    /** Lets an account do something in all namespaces: a ClusterRole and its binding. */
    public Grant grantEverywhere(Account account, PolicyRule... rules) {
        return Grant.everywhere(admin, account, rules);
    }

    /** A client that shows a token; the caller closes it. It does not repeat what fails. */
    KubernetesClient client(String token) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(api().toString())
                .withCaCertData(files.pki().ca().getCertificatePEM())
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private Path kubeconfig(String token) throws IOException {
        Path file = files.folder().resolve("kubeconfig-" + kubeconfigs.incrementAndGet() + ".yaml");
        return Kubeconfig.write(file, api(), files.pki(), token);
    }

    /** Ends the API server as a node's crash does: who is connected is cut off, and nobody answers at its port. */
    public void stopApiServer() {
        controlPlane.killApiServer();
    }

    /** Starts it again, on the same port and the same data, and waits until it is ready. */
    public void startApiServer() throws IOException {
        controlPlane.startApiServer();
    }

    /** Both. Afterwards it knows no resource version of before: who watches from one gets 410. */
    public void restartApiServer() throws IOException {
        stopApiServer();
        startApiServer();
    }

    /** Lets it answer nobody until {@link #resumeApiServer}; connections stay open, and new ones are made. */
    public void pauseApiServer() {
        controlPlane.apiServerProgram().pause();
    }

    /** Lets it go on, if it was paused. */
    public void resumeApiServer() {
        controlPlane.apiServerProgram().resume();
    }

    /** Asks the API server whether it is ready, for at most two seconds. */
    Readiness readiness() {
        return controlPlane.readiness();
    }

    /** Has the API server up and ready, whatever was done to it. */
    void heal() throws IOException {
        if (controlPlane.apiServerIsAlive()) {
            resumeApiServer();
            controlPlane.awaitApiServer();
        } else {
            startApiServer();
        }
    }

    @Override
    public void close() {
        admin.close();
        controlPlane.close();
    }
}
