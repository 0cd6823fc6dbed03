// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the configuration of spark-web-proxy in what people have of it: its {@code config.yaml}, the values of its Helm chart, whose
 * section {@code configuration} the chart writes into that file, or the ConfigMap that the chart makes.
 */
final class SparkWebProxyFile {
    private SparkWebProxyFile() {}

    /** A {@link ConfigImport.Source}. */
    static ImportedConfig read(ConfigNode.Mapping root, String file, List<ConfigProblem> problems) {
        ConfigNode configuration = entry(root, "configuration");
        if (configuration != null) {
            SparkWebProxyImport values =
                    new SparkWebProxyImport(true, section(configuration, "configuration", problems), problems);
            omitOthers(root, values);
            return values.convert();
        }
        ConfigNode.Mapping config = isConfigMap(root) ? inConfigMap(root, file, problems) : root;
        return new SparkWebProxyImport(false, config, problems).convert();
    }

    private static @Nullable ConfigNode entry(ConfigNode.Mapping section, String key) {
        ConfigNode.Entry entry = section.entries().get(key);
        return entry == null ? null : entry.value();
    }

    private static ConfigNode.Mapping section(@Nullable ConfigNode node, String path, List<ConfigProblem> problems) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping;
        }
        if (node != null && !(node instanceof ConfigNode.Absent)) {
            problems.add(new ConfigProblem(
                    node.origin(), path, "found " + node.inWords(), "write a section with keys of its own"));
        }
        return ConfigNode.Mapping.empty(node == null ? Origin.defaults() : node.origin());
    }

    private static boolean isConfigMap(ConfigNode.Mapping root) {
        return entry(root, "kind") instanceof ConfigNode.Scalar kind
                && kind.text().equals("ConfigMap");
    }

    private static ConfigNode.Mapping inConfigMap(ConfigNode.Mapping root, String file, List<ConfigProblem> problems) {
        ConfigNode.Mapping data = section(entry(root, "data"), "data", problems);
        List<String> files = data.entries().keySet().stream()
                .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
                .toList();
        if (files.size() == 1 && entry(data, files.getFirst()) instanceof ConfigNode.Scalar text) {
            return new YamlReader(file + " (data." + files.getFirst() + ")", problems).read(text.text());
        }
        problems.add(new ConfigProblem(
                data.origin(),
                "data",
                "the ConfigMap does not hold exactly one YAML file",
                "write the file itself out, and import that"));
        return ConfigNode.Mapping.empty(data.origin());
    }

    /** What stands beside the configuration is about pods. */
    private static void omitOthers(ConfigNode.Mapping root, SparkWebProxyImport values) {
        List<String> others = root.entries().keySet().stream()
                .filter(key -> !key.equals("configuration"))
                .toList();
        if (!others.isEmpty()) {
            values.omit(
                    String.join(", ", others),
                    "about the pods of spark-web-proxy, not about what it serves; values of the chart of Gatehouse take"
                            + " their place.");
        }
    }
}
