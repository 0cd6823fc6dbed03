// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;

/** The objects that a chart was made into. Fields that their types do not know are kept. */
record Manifests(List<HasMetadata> all) {
    /** Reads documents of YAML. */
    static Manifests of(String yaml) {
        KubernetesSerialization reader = new KubernetesSerialization();
        return new Manifests(Stream.of(yaml.split("(?m)^---$"))
                .filter(document -> document.contains("kind:"))
                .map(document -> (HasMetadata) reader.unmarshal(document))
                .toList());
    }

    /** The objects of a kind. */
    <T extends HasMetadata> List<T> of(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The one object of a kind. */
    <T extends HasMetadata> T one(Class<T> type) {
        List<T> found = of(type);
        if (found.size() != 1) {
            throw new AssertionError("not one " + type.getSimpleName() + ": " + found);
        }
        return found.getFirst();
    }

    PodTemplateSpec pod() {
        return one(Deployment.class).getSpec().getTemplate();
    }

    Container container() {
        return pod().getSpec().getContainers().getFirst();
    }

    /** Changes where the pods are to be rolled. */
    String restartChecksum() {
        return pod().getMetadata().getAnnotations().get("checksum/restart");
    }

    /** What Gatehouse reads. */
    String configuration() {
        return one(ConfigMap.class).getData().get("gatehouse.yaml");
    }
}
