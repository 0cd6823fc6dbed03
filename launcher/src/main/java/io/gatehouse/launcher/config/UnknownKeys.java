// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reports keys that no record knows, and says what was probably meant. */
final class UnknownKeys {
    /** Sections of spark-web-proxy's file, which people bring along. */
    private static final Set<String> SPARK_WEB_PROXY = Set.of("proxy", "spark", "security");

    private final Class<? extends Record> root;
    private final List<ConfigProblem> problems;

    UnknownKeys(Class<? extends Record> root, List<ConfigProblem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** Adds a problem for every key of {@code section} that is not among {@code properties}. */
    void report(List<Schema.Property> properties, ConfigNode.Mapping section, String path) {
        List<String> known = properties.stream().map(Schema.Property::name).toList();
        section.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(new ConfigProblem(
                        entry.keyOrigin(), Schema.join(path, key), "unknown key", remedy(key, path, known)));
            }
        });
    }

    private String remedy(String key, String path, List<String> known) {
        if (path.isEmpty() && SPARK_WEB_PROXY.contains(key)) {
            return "a section of spark-web-proxy; 'gatehouse import-config' makes a file of ours from one of its";
        }
        if (Nearest.to(key, known).isPresent()) {
            return Nearest.remedy(key, known);
        }
        Set<String> elsewhere = Schema.leaves(root).stream()
                .filter(leaf -> leaf.property().name().equals(key))
                .map(Schema.Leaf::path)
                .collect(Collectors.toSet());
        return elsewhere.isEmpty()
                ? Nearest.remedy(key, known)
                : "did you mean " + elsewhere.stream().sorted().collect(Collectors.joining(" or ")) + "?";
    }
}
