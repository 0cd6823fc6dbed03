// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of another product's file by the paths of their keys. Keys count in any case and with dots in them, as programs read
 * them that use viper; what nobody knows, stands twice or has another shape is a problem. Goes only as deep as known keys lead.
 */
final class ForeignKeys {
    private final Map<String, String> known = new LinkedHashMap<>();
    private final Map<String, String> misnomers;
    private final List<ConfigProblem> problems;
    private final Map<String, ConfigNode> values = new LinkedHashMap<>();

    /**
     * @param keys the paths of all keys that hold a value, a list or a map
     * @param misnomers remedies for keys that people write because a document of the product names them wrongly; in lower case
     * @param problems where mistakes are added
     */
    ForeignKeys(List<String> keys, Map<String, String> misnomers, List<ConfigProblem> problems) {
        for (String key : keys) {
            known.put(lower(key), key);
        }
        this.misnomers = misnomers;
        this.problems = problems;
    }

    /** Takes over what stands in a section; {@code ""} is the path of the file itself. */
    void read(ConfigNode.Mapping section, String path) {
        section.entries().forEach((name, entry) -> {
            String key = Schema.join(path, name);
            String canonical = known.get(lower(key));
            if (canonical != null) {
                put(canonical, entry);
            } else if (isSection(key)) {
                if (entry.value() instanceof ConfigNode.Mapping below) {
                    read(below, key);
                } else if (!(entry.value() instanceof ConfigNode.Absent)) {
                    mismatch(entry.value(), key, "a section with keys of its own");
                }
            } else {
                problems.add(new ConfigProblem(entry.keyOrigin(), key, "unknown key", remedy(path, name, key)));
            }
        });
    }

    private void put(String key, ConfigNode.Entry entry) {
        if (entry.value() instanceof ConfigNode.Absent) {
            return;
        }
        if (values.putIfAbsent(key, entry.value()) != null) {
            problems.add(new ConfigProblem(entry.keyOrigin(), key, "the key stands twice", "keep one of them"));
        }
    }

    private boolean isSection(String key) {
        return known.keySet().stream().anyMatch(path -> path.startsWith(lower(key) + "."));
    }

    private String remedy(String path, String name, String key) {
        String misnomer = misnomers.get(lower(key));
        if (misnomer != null) {
            return misnomer;
        }
        int depth = path.isEmpty() ? 0 : path.split("\\.", -1).length;
        return Nearest.remedy(
                name,
                known.entrySet().stream()
                        .filter(entry -> path.isEmpty() || entry.getKey().startsWith(lower(path) + "."))
                        .map(entry -> entry.getValue().split("\\.", -1)[depth])
                        .distinct()
                        .toList());
    }

    /** The single value of a key; null where it was left out. */
    ConfigNode.@Nullable Scalar value(String key) {
        ConfigNode node = values.get(key);
        if (node == null || node instanceof ConfigNode.Scalar) {
            return (ConfigNode.Scalar) node;
        }
        mismatch(node, key, "a single value");
        return null;
    }

    /** The items of a list; null where it was left out. A single value is a list too, with commas between its items. */
    ConfigNode.@Nullable Sequence list(String key) {
        return switch (values.get(key)) {
            case null -> null;
            case ConfigNode.Scalar scalar ->
                new ConfigNode.Sequence(
                        Arrays.stream(scalar.text().split(",", -1))
                                .<ConfigNode>map(item -> new ConfigNode.Scalar(item.strip(), scalar.origin()))
                                .toList(),
                        scalar.origin());
            case ConfigNode.Sequence sequence -> {
                boolean plain = true;
                for (ConfigNode item : sequence.items()) {
                    if (!(item instanceof ConfigNode.Scalar)) {
                        mismatch(item, key, "a list of single values");
                        plain = false;
                    }
                }
                yield plain ? sequence : null;
            }
            case ConfigNode other -> {
                mismatch(other, key, "a list");
                yield null;
            }
        };
    }

    /** Keys with one value each; an empty map where it was left out. */
    ConfigNode.Mapping map(String key) {
        ConfigNode node = values.get(key);
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping;
        }
        if (node != null) {
            mismatch(node, key, "keys with one value each");
        }
        return ConfigNode.Mapping.empty(Origin.defaults());
    }

    private void mismatch(ConfigNode node, String path, String expected) {
        problems.add(new ConfigProblem(node.origin(), path, "found " + node.inWords(), "write " + expected));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
