// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer has to remember of the pods that it has told: which there are, and in which version. A pod is some twenty kilobytes, and
 * what is wanted of it has been read when it came.
 */
final class SeenPods implements ItemStore<Pod> {
    private final Map<String, Pod> byKey = new ConcurrentHashMap<>();

    @Override
    public String getKey(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    @Override
    public @Nullable Pod put(String key, Pod pod) {
        return byKey.put(key, trimmed(pod));
    }

    private static Pod trimmed(Pod pod) {
        ObjectMeta all = pod.getMetadata();
        ObjectMeta kept = new ObjectMeta();
        kept.setNamespace(all.getNamespace());
        kept.setName(all.getName());
        kept.setUid(all.getUid());
        kept.setResourceVersion(all.getResourceVersion());
        Pod trimmed = new Pod();
        trimmed.setMetadata(kept);
        return trimmed;
    }

    @Override
    public @Nullable Pod remove(String key) {
        return byKey.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return byKey.keySet().stream();
    }

    @Override
    public Stream<Pod> values() {
        return byKey.values().stream();
    }

    @Override
    public int size() {
        return byKey.size();
    }

    @Override
    public @Nullable Pod get(String key) {
        return byKey.get(key);
    }

    /** So that whole pods are told, instead of those that are kept. */
    @Override
    public boolean isFullState() {
        return false;
    }
}
