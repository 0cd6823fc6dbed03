// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a watch of pods has told, which is not opened again when it ends. */
final class Events implements Watcher<Pod> {
    private final List<String> names = new CopyOnWriteArrayList<>();
    private volatile boolean gone;

    /** The pods that something has happened to, in that order. */
    List<String> names() {
        return List.copyOf(names);
    }

    /** Whether it has ended with 410. */
    boolean isGone() {
        return gone;
    }

    @Override
    public boolean reconnecting() {
        return false;
    }

    @Override
    public void eventReceived(Action action, Pod pod) {
        names.add(pod.getMetadata().getName());
    }

    @Override
    public void onClose(WatcherException cause) {
        gone = cause.isHttpGone();
    }
}
