// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lays environment variables over the file: {@code GATEHOUSE_UI_LIMITS_MAX_HEAD} is {@code ui.limits.maxHead}. Every single value has a
 * variable, and every list of values has one with its items separated by commas; lists of sections and maps stand in the file only.
 */
final class EnvironmentOverlay {
    /** What every variable of ours starts with. */
    static final String PREFIX = "GATEHOUSE_";

    /**
     * Variables that mean nothing to the configuration: those of the start script, and the mark by which a Gatehouse finds all
     * that its children started, which may be another Gatehouse.
     */
    private static final Set<String> SCRIPT_VARIABLES =
            Set.of("GATEHOUSE_CACHE", "GATEHOUSE_CHILD", "GATEHOUSE_JAVA_OPTS");

    private final Class<? extends Record> root;
    private final Map<String, String> environment;
    private final List<ConfigProblem> problems;

    /**
     * @param root the record at the root of the configuration
     * @param environment all variables; those of others are ignored
     * @param problems where mistakes are added
     */
    EnvironmentOverlay(Class<? extends Record> root, Map<String, String> environment, List<ConfigProblem> problems) {
        this.root = root;
        this.environment = environment;
        this.problems = problems;
    }

    /** The tree with every variable of ours laid over it. */
    ConfigNode.Mapping over(ConfigNode.Mapping tree) {
        Map<String, Schema.Leaf> variables = variables(root);
        ConfigNode.Mapping result = tree;
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(PREFIX)
                    || SCRIPT_VARIABLES.contains(name)
                    || ServiceLinks.matches(name, variable.getValue())) {
                continue;
            }
            Schema.Leaf leaf = variables.get(name);
            if (leaf == null) {
                reportUnknown(name, variables);
            } else {
                result = result.with(
                        List.of(leaf.path().split("\\.", -1)), node(leaf, variable.getValue(), Origin.variable(name)));
            }
        }
        return result;
    }

    /** The variables of all keys that have one, by name. */
    static Map<String, Schema.Leaf> variables(Class<? extends Record> root) {
        Map<String, Schema.Leaf> variables = new TreeMap<>();
        for (Schema.Leaf leaf : Schema.leaves(root)) {
            if (leaf.property().kind() == Schema.Kind.SCALAR || leaf.property().kind() == Schema.Kind.SCALARS) {
                variables.put(variable(leaf.path()), leaf);
            }
        }
        return variables;
    }

    /** {@code discovery.historyServer.url} to {@code GATEHOUSE_DISCOVERY_HISTORY_SERVER_URL}. */
    static String variable(String path) {
        return PREFIX
                + path.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }

    private static ConfigNode node(Schema.Leaf leaf, String value, Origin origin) {
        if (leaf.property().kind() == Schema.Kind.SCALAR) {
            return new ConfigNode.Scalar(value, origin);
        }
        List<ConfigNode> items = value.isBlank()
                ? List.of()
                : Arrays.stream(value.split(",", -1))
                        .<ConfigNode>map(item -> new ConfigNode.Scalar(item.strip(), origin))
                        .toList();
        return new ConfigNode.Sequence(items, origin);
    }

    private void reportUnknown(String name, Map<String, Schema.Leaf> variables) {
        String remedy = Schema.leaves(root).stream()
                .filter(leaf -> variable(leaf.path()).equals(name))
                .findFirst()
                .map(leaf -> "set " + leaf.path() + " in the file; it has no variable")
                .orElseGet(() -> nearest(name, variables.keySet())
                        .map(near -> "did you mean " + near + "?")
                        .orElse("unset it; 'gatehouse config --defaults' lists every key"));
        problems.add(new ConfigProblem(Origin.variable(name), "", "unknown variable", remedy));
    }

    /** Compares without the prefix, which all names share and which would make any two of them look near. */
    private static Optional<String> nearest(String name, Set<String> variables) {
        List<String> known = variables.stream()
                .map(variable -> variable.substring(PREFIX.length()))
                .toList();
        return Nearest.to(name.substring(PREFIX.length()), known).map(near -> PREFIX + near);
    }
}
