// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.gatehouse.discovery.PodFeed;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One informer for the pods of one namespace, or of all, that have certain labels: fabric8 lists, watches, connects again, and lists again when the API server has
 * forgotten where we were (410 Gone). What it misses, the next list tells.
 *
 * <p>{@link #start} and {@link #look} block; {@link KubernetesPods} calls them on a thread of its own.
 */
final class NamespaceWatch {
    static final String ALL = "";

    private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatch.class);
    /** Pods in one answer: ten thousand whole ones would be hundreds of megabytes. */
    private static final long PAGE = 500;
    /**
     * No pod at all, from the watch cache of the API server. A limit would not do: that cache knows none, and without it, in a big cluster
     * with few drivers, etcd would search long for the first.
     */
    private static final ListOptions NONE = new ListOptionsBuilder()
            .withFieldSelector("metadata.name=gatehouse-only-looks")
            .withResourceVersion("0")
            .build();

    private static final Executor BESIDE =
            task -> Thread.ofVirtual().name("look-at-pods").start(task);

    /** Looks in vain after which connections that are still there are not trusted any more. */
    private static final int LONG_AWAY = 4;

    private final KubernetesClient client;
    private final String namespace;
    private final String selector;
    private final PodFeed.Listener listener;
    private final SeenPods seen = new SeenPods();
    private volatile boolean closed;
    private volatile @Nullable Throwable watchFailure;
    private boolean listed;
    private int inVain;
    private int unwatched;
    private @Nullable SharedIndexInformer<Pod> informer;

    /** @param selector of labels, as Kubernetes writes them */
    NamespaceWatch(KubernetesClient client, String namespace, String selector, PodFeed.Listener listener) {
        this.client = client;
        this.namespace = namespace;
        this.selector = selector;
        this.listener = listener;
    }

    private FilterWatchListDeletable<Pod, PodList, PodResource> pods() {
        var pods = namespace.equals(ALL)
                ? client.pods().inAnyNamespace()
                : client.pods().inNamespace(namespace);
        return pods.withLabelSelector(selector);
    }

    void start() {
        SharedIndexInformer<Pod> started = pods().withLimit(PAGE).runnableInformer(0);
        informer = started.itemStore(seen)
                .exceptionHandler((isStarted, failure) -> {
                    LOG.atDebug().addKeyValue("namespace", namespace).log("watching pods failed", failure);
                    watchFailure = failure;
                    return !closed;
                })
                .addEventHandler(new Changes());
        started.start().thenRun(this::listed);
    }

    private void listed() {
        // A second informer lists again.
        if (!listed) {
            listed = true;
            listener.listed();
        }
    }

    /** What an informer tells, one by one. */
    private final class Changes implements ResourceEventHandler<Pod> {
        /** The informer that takes another's place tells first what that has left in the store, which is known and not the whole pod. */
        @Override
        public void onAdd(Pod pod) {
            if (pod.getSpec() != null) {
                watchFailure = null;
                listener.changed(PodReader.read(pod));
            }
        }

        @Override
        public void onUpdate(Pod before, Pod now) {
            String uid = before.getMetadata().getUid();
            if (!uid.equals(now.getMetadata().getUid())) {
                // Deleted and made anew while nobody watched.
                listener.deleted(uid);
            }
            onAdd(now);
        }

        @Override
        public void onDelete(Pod pod, boolean unseen) {
            listener.deleted(pod.getMetadata().getUid());
        }
    }

    /** Whether pods can be seen; what keeps us from it as a sentence, without addresses; empty where nothing does. */
    String look() {
        Throwable failure = askForNone();
        if (failure != null) {
            inVain++;
            LOG.atDebug().addKeyValue("namespace", namespace).log("looking for pods in vain", failure);
            return sentence("listed", failure);
        }
        if (inVain >= LONG_AWAY) {
            again();
        }
        inVain = 0;
        SharedIndexInformer<Pod> current = informer;
        unwatched = current == null || current.isWatching() ? 0 : unwatched + 1;
        // Between two watches there is a moment without one.
        return unwatched < 2 ? "" : sentence("watched", watchFailure);
    }

    /**
     * Whether pods can be listed now; null where they can. fabric8's own timeout ends with the head of an answer, and an API server that
     * hung for a while may leave a body away for a minute.
     */
    private @Nullable Throwable askForNone() {
        try {
            CompletableFuture.runAsync(() -> pods().list(NONE), BESIDE)
                    .get(ClusterAccess.REQUEST_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (TimeoutException late) {
            return late;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return closing;
        }
    }

    /** A connection that was cut without a word looks like one on which nothing happens. */
    private void again() {
        SharedIndexInformer<Pod> before = informer;
        if (before != null) {
            before.close();
        }
        start();
    }

    private String sentence(String done, @Nullable Throwable failure) {
        String where = namespace.equals(ALL) ? "" : " of namespace " + namespace;
        int status = statusOf(failure);
        return switch (status) {
            case HttpURLConnection.HTTP_FORBIDDEN ->
                "Pods" + where + " may not be " + done + ": the account needs list and watch of pods there.";
            case HttpURLConnection.HTTP_UNAUTHORIZED -> "The API server does not accept our credentials.";
            case 0 -> "The API server does not answer.";
            default -> "Pods" + where + " cannot be " + done + ": the API server answers " + status + ".";
        };
    }

    /** Of the API server's answer; 0 where there was none. */
    private static int statusOf(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException known && known.getCode() > 0) {
                return known.getCode();
            }
        }
        return 0;
    }

    void close() {
        closed = true;
        SharedIndexInformer<Pod> current = informer;
        if (current != null) {
            current.close();
        }
    }
}
