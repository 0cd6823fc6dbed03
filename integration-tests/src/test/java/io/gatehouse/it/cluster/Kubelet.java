// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A node whose kubelet is this JVM, and knows the logs of containers only: the API server asks it for those of pods that were put on
 * the node ({@link DriverPodSpec#node}). It runs nothing and looks after nothing.
 */
public final class Kubelet implements AutoCloseable {
    private static final String LOGS = "/containerLogs/";

    private final Cluster cluster;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, PodLog> logs = new ConcurrentHashMap<>();
    private final String node;

    private Kubelet(Cluster cluster) throws IOException {
        this.cluster = cluster;
        this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(TestPki.context(cluster.pki().issue("127.0.0.1"), null)));
        server.setExecutor(threads);
        server.createContext(LOGS, this::answer);
        server.start();
        this.node = "node-" + server.getAddress().getPort();
    }

    /** Starts one, and makes its node. */
    public static Kubelet start(Cluster cluster) throws IOException {
        Kubelet kubelet = new Kubelet(cluster);
        kubelet.register();
        return kubelet;
    }

    /** The name of its node. */
    public String node() {
        return node;
    }

    /** The log of a pod's driver container, empty at first. It is not found until this was called. */
    public PodLog log(DriverPod pod) {
        String path = pod.pod().getMetadata().getNamespace() + "/" + pod.name() + "/" + DriverPodSpec.CONTAINER;
        return logs.computeIfAbsent(path, key -> new PodLog());
    }

    private void register() {
        cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(node)
                        .endMetadata()
                        .build())
                .create();
        cluster.admin()
                .nodes()
                .withName(node)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
                                    "daemonEndpoints": {"kubeletEndpoint": {"Port": %d}}}}
                        """.formatted(
                                server.getAddress().getPort()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            PodLog log = logs.get(exchange.getRequestURI().getPath().substring(LOGS.length()));
            String query = exchange.getRequestURI().getQuery();
            if (log == null) {
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_NOT_FOUND, -1);
            } else if (query != null && !query.equals("follow=true")) {
                // A test must not believe that it was heeded.
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_NOT_IMPLEMENTED, -1);
            } else {
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, 0);
                log.copyTo(exchange.getResponseBody(), query != null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes the node, and cuts off who still follows a log. */
    @Override
    public void close() {
        cluster.admin().nodes().withName(node).delete();
        server.stop(0);
        threads.shutdownNow();
    }
}
