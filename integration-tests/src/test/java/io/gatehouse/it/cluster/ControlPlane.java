// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.awaitility.Awaitility.await;

import io.gatehouse.it.Program;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The processes of a {@link Cluster}: etcd, kube-apiserver, kube-controller-manager. None outlives this JVM, however it ends.
 */
final class ControlPlane implements AutoCloseable {
    /** Half a minute where the machine has nothing else to do would be much; builds share theirs. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Enough to say why; nobody needs what they would put in order. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final String API_SERVER = "kube-apiserver";

    private final ClusterBinaries binaries;
    private final ClusterFiles files;
    private final ChildProcesses children;
    private final TestPorts ports = new TestPorts();
    private final URI etcd;
    private final URI api;
    private final Readiness readiness;
    private ChildProcess apiServer;

    private ControlPlane(ClusterBinaries binaries, ClusterFiles files, Path logs) throws IOException {
        this.binaries = binaries;
        this.files = files;
        this.children = new ChildProcesses(System.getenv(), logs, GRACE);
        this.etcd = URI.create("http://127.0.0.1:" + ports.pick());
        this.api = URI.create("https://127.0.0.1:" + ports.pick());
        this.readiness = new Readiness(api, files);
        startEtcd();
        this.apiServer = startedApiServer();
    }

    /** Starts all and returns when the API server is ready. */
    static ControlPlane start(ClusterBinaries binaries, ClusterFiles files, Path logs) throws IOException {
        ControlPlane plane = new ControlPlane(binaries, files, logs);
        try {
            plane.awaitApiServer();
            plane.startControllers();
            return plane;
        } catch (RuntimeException | Error | IOException e) {
            plane.close();
            throw e;
        }
    }

    /** Where the API server listens, also after it was restarted. */
    URI api() {
        return api;
    }

    /** Starts the API server again, on the same port and the same data, and waits until it is ready. */
    void startApiServer() throws IOException {
        apiServer = startedApiServer();
        awaitApiServer();
    }

    /** Ends the API server as a node's crash does; nobody answers at its port then. */
    void killApiServer() {
        apiServerProgram().kill();
        await("the end of " + API_SERVER).atMost(PATIENCE).until(() -> !apiServer.isAlive());
    }

    Readiness readiness() {
        return readiness;
    }

    boolean apiServerIsAlive() {
        return apiServer.isAlive();
    }

    Program apiServerProgram() {
        return Program.of(apiServer, API_SERVER);
    }

    void awaitApiServer() {
        await("a ready " + API_SERVER)
                .pollInterval(Duration.ofMillis(50))
                .atMost(PATIENCE)
                .until(() -> readiness.isReady() || !apiServer.isAlive());
        if (!apiServer.isAlive()) {
            throw new AssertionError(API_SERVER + " has ended:\n" + String.join("\n", apiServer.lastLogLines(20)));
        }
    }

    private void startEtcd() throws IOException {
        String peers = "http://127.0.0.1:" + ports.pick();
        start(
                "etcd",
                "--data-dir=" + files.folder().resolve("etcd"),
                "--listen-client-urls=" + etcd,
                "--advertise-client-urls=" + etcd,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers,
                "--log-level=warn",
                // Nobody needs the data once the test is over.
                "--unsafe-no-fsync",
                // The API server tells idle watches their place by this.
                "--watch-progress-notify-interval=5s");
    }

    private ChildProcess startedApiServer() throws IOException {
        return start(
                API_SERVER,
                "--etcd-servers=" + etcd,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--secure-port=" + api.getPort(),
                "--cert-dir=" + files.folder(),
                "--tls-cert-file=" + files.server().certFile(),
                "--tls-private-key-file=" + files.server().keyFile(),
                "--authorization-mode=RBAC",
                "--token-auth-file=" + files.tokens(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-signing-key-file=" + files.serviceAccounts().keyFile(),
                "--service-account-key-file=" + files.serviceAccounts().certFile(),
                "--service-cluster-ip-range=10.96.0.0/16",
                "--endpoint-reconciler-type=none",
                // Pods would wait for accounts and get volumes that nobody mounts.
                "--disable-admission-plugins=ServiceAccount",
                "--audit-policy-file=" + files.auditPolicy(),
                "--audit-log-path=" + files.auditLog(),
                // One file for AuditLog to read.
                "--audit-log-maxsize=2000");
    }

    private void startControllers() throws IOException {
        start(
                "kube-controller-manager",
                "--kubeconfig="
                        + Kubeconfig.write(
                                files.folder().resolve("controllers.kubeconfig"), api, files.pki(), files.adminToken()),
                "--bind-address=127.0.0.1",
                "--secure-port=" + ports.pick(),
                "--cert-dir=" + files.folder(),
                "--leader-elect=false",
                "--service-account-private-key-file=" + files.serviceAccounts().keyFile(),
                "--controllers=garbage-collector-controller,namespace-controller,serviceaccount-controller,resourcequota-controller");
    }

    private ChildProcess start(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(binaries.path(program)));
        command.addAll(List.of(arguments));
        return children.start(new ChildCommand(program, command, Map.of(), files.folder()));
    }

    @Override
    public void close() {
        children.close();
    }
}
