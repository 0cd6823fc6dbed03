// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.gatehouse.discovery.DriverPod;
import io.gatehouse.discovery.PodFeed;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers' pods of one cluster: one {@link NamespaceWatch} for each namespace, or one for all; and as many for the pods in which drivers
 * in client mode may run, where that is wanted. Needs to list and watch pods there, and nothing else.
 *
 * <p>Looks now and then whether the API server still answers, because a watch that is dead is as quiet as one of a quiet cluster.
 */
public final class KubernetesPods implements PodFeed {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesPods.class);

    private final String cluster;
    private final KubernetesClient client;
    private final List<String> namespaces;
    private final @Nullable String clientMode;
    private final ClientModePods clientModePods = new ClientModePods();
    private final Duration betweenLooks;
    private final List<NamespaceWatch> watches = new ArrayList<>();
    /** fabric8's calls block. */
    private final ScheduledExecutorService looks;

    /** Guarded by this. */
    private String trouble = "";

    /**
     * Connects when it is started.
     *
     * @param cluster its name, for the log
     * @param namespaces those to watch; empty for all
     * @param clientMode selector of pods in which drivers in client mode may run; null for none
     * @param betweenLooks after which time to look again whether the API server answers
     * @throws ClusterAccess.UnusableException where what is said of the cluster cannot be used
     */
    public static KubernetesPods of(
            String cluster,
            ClusterAccess access,
            List<String> namespaces,
            @Nullable String clientMode,
            Duration betweenLooks)
            throws ClusterAccess.UnusableException {
        return new KubernetesPods(cluster, access.client(), namespaces, clientMode, betweenLooks);
    }

    private KubernetesPods(
            String cluster,
            KubernetesClient client,
            List<String> namespaces,
            @Nullable String clientMode,
            Duration betweenLooks) {
        this.cluster = cluster;
        this.client = client;
        this.namespaces = List.copyOf(namespaces);
        this.clientMode = clientMode;
        this.betweenLooks = betweenLooks;
        this.looks = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("pods-" + cluster).factory());
    }

    @Override
    public boolean mayRunDriver(InetAddress address) {
        return clientModePods.test(address);
    }

    @Override
    public void start(Listener listener) {
        List<String> wanted = namespaces.isEmpty() ? List.of(NamespaceWatch.ALL) : namespaces;
        AtomicInteger unlisted = new AtomicInteger(wanted.size());
        Listener told = new Told(listener, unlisted);
        for (String namespace : wanted) {
            watches.add(new NamespaceWatch(client, namespace, PodReader.DRIVERS, told));
            if (clientMode != null) {
                watches.add(new NamespaceWatch(client, namespace, clientMode, clientModePods));
            }
        }
        watches.forEach(watch -> looks.execute(watch::start));
        looks.scheduleWithFixedDelay(() -> look(listener), 0, betweenLooks.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Counts the namespaces that have been listed. */
    private record Told(Listener listener, AtomicInteger unlisted) implements Listener {
        @Override
        public void changed(DriverPod pod) {
            listener.changed(pod);
        }

        @Override
        public void deleted(String uid) {
            listener.deleted(uid);
        }

        @Override
        public void listed() {
            if (unlisted.decrementAndGet() == 0) {
                listener.listed();
            }
        }

        @Override
        public void troubled(String trouble) {
            throw new IllegalStateException("told by looking only");
        }
    }

    private void look(Listener listener) {
        List<String> troubles = watches.stream()
                .map(NamespaceWatch::look)
                .filter(sentence -> !sentence.isEmpty())
                .distinct()
                .toList();
        String now = String.join(" ", troubles);
        synchronized (this) {
            if (Objects.equals(now, trouble)) {
                return;
            }
            trouble = now;
        }
        if (now.isEmpty()) {
            LOG.atInfo().addKeyValue("cluster", cluster).log("pods are seen again");
        } else {
            LOG.atWarn()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("trouble", now)
                    .log("pods are not seen; what was known stays");
        }
        listener.troubled(now);
    }

    @Override
    public void close() {
        looks.shutdownNow();
        // Closing waits for connections; whoever closes may be on a thread that must not.
        Thread.ofVirtual().name("close-pods-" + cluster).start(() -> {
            watches.forEach(NamespaceWatch::close);
            client.close();
        });
    }
}
