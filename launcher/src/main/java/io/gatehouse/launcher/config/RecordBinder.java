// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes records from a {@link ConfigNode} tree. A value that cannot be read counts as left out while the rest of its section is still
 * checked, so one pass finds as much as can be found. Only when a whole section is invalid is its parent not constructed.
 */
final class RecordBinder {
    private final List<ConfigProblem> problems;
    private final UnknownKeys unknownKeys;

    RecordBinder(List<ConfigProblem> problems, UnknownKeys unknownKeys) {
        this.problems = problems;
        this.unknownKeys = unknownKeys;
    }

    /**
     * Binds a section and everything below it.
     *
     * @return null when a problem was added that leaves no valid section
     */
    <T extends Record> @Nullable T bind(Class<T> type, ConfigNode.Mapping node, String path) {
        List<Schema.Property> properties = Schema.properties(type);
        unknownKeys.report(properties, node, path);
        List<@Nullable Object> arguments = new ArrayList<>();
        boolean complete = true;
        for (Schema.Property property : properties) {
            ConfigNode.Entry entry = node.entries().get(property.name());
            ConfigNode child = entry == null ? null : entry.value();
            int before = problems.size();
            Object value = value(property, child, node, Schema.join(path, property.name()));
            // A broken value falls back to its default, for the checks of its neighbours; a broken section has none.
            boolean needed = property.required() || property.kind() == Schema.Kind.SECTION;
            complete &= value != null || !needed || problems.size() == before;
            arguments.add(value);
        }
        return complete ? construct(type, arguments, node, path) : null;
    }

    private <T extends Record> @Nullable T construct(
            Class<T> type, List<@Nullable Object> arguments, ConfigNode.Mapping node, String path) {
        try {
            return Schema.construct(type, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Checks.InvalidSectionException invalid) {
                for (Checks.Finding finding : invalid.findings()) {
                    problems.add(new ConfigProblem(
                            find(node, finding.key()),
                            Schema.join(path, finding.key()),
                            finding.what(),
                            finding.remedy()));
                }
                return null;
            }
            throw new IllegalStateException("constructing " + type, e);
        }
    }

    private @Nullable Object value(
            Schema.Property property, @Nullable ConfigNode node, ConfigNode.Mapping section, String path) {
        if (node == null || node instanceof ConfigNode.Absent) {
            return absent(property, node == null ? section.origin() : node.origin(), path);
        }
        return switch (property.kind()) {
            case SCALAR -> scalar(property.type(), node, path);
            case SECTION -> section(property.section(), node, path);
            case SCALARS -> scalars(property.type(), node, path);
            case SECTIONS -> sections(property.section(), node, path);
            case MAP -> map(property.type(), node, path);
        };
    }

    private @Nullable Object absent(Schema.Property property, Origin origin, String path) {
        if (property.required()) {
            report(origin, path, "the key is missing", "add " + property.name() + ": " + property.example());
        }
        return property.kind() == Schema.Kind.SECTION && !property.optional()
                ? bind(property.section(), ConfigNode.Mapping.empty(origin), path)
                : null;
    }

    private @Nullable Object scalar(Class<?> type, ConfigNode node, String path) {
        if (!(node instanceof ConfigNode.Scalar scalar)) {
            return mismatch(node, path, "a single value");
        }
        try {
            return Scalars.parse(type, scalar.text());
        } catch (InvalidValueException e) {
            report(node.origin(), path, e.what(), e.remedy());
            return null;
        }
    }

    private <T extends Record> @Nullable T section(Class<T> type, ConfigNode node, String path) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return bind(type, mapping, path);
        }
        mismatch(node, path, "a section with keys of its own");
        return null;
    }

    private @Nullable List<Object> scalars(Class<?> type, ConfigNode node, String path) {
        return list(node, path, (item, itemPath) -> scalar(type, item, itemPath));
    }

    private <T extends Record> @Nullable List<Object> sections(Class<T> type, ConfigNode node, String path) {
        return list(node, path, (item, itemPath) -> section(type, item, itemPath));
    }

    private interface ItemBinder {
        @Nullable
        Object bind(ConfigNode item, String path);
    }

    /** The bound items; null when the node is no list or any item is broken. */
    private @Nullable List<Object> list(ConfigNode node, String path, ItemBinder binder) {
        if (!(node instanceof ConfigNode.Sequence sequence)) {
            mismatch(node, path, "a list");
            return null;
        }
        List<Object> bound = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            Object value = binder.bind(sequence.items().get(i), path + "[" + i + "]");
            if (value != null) {
                bound.add(value);
            }
        }
        return bound.size() == sequence.items().size() ? bound : null;
    }

    private @Nullable Map<String, Object> map(Class<?> type, ConfigNode node, String path) {
        if (!(node instanceof ConfigNode.Mapping mapping)) {
            mismatch(node, path, "keys with one value each");
            return null;
        }
        Map<String, Object> bound = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> {
            Object value = scalar(type, entry.value(), path + "." + key);
            if (value != null) {
                bound.put(key, value);
            }
        });
        return bound.size() == mapping.entries().size() ? bound : null;
    }

    private @Nullable Object mismatch(ConfigNode node, String path, String expected) {
        report(node.origin(), path, "found " + node.inWords(), "write " + expected);
        return null;
    }

    private void report(Origin origin, String path, String what, String remedy) {
        problems.add(new ConfigProblem(origin, path, what, remedy));
    }

    /** Where the value of a key below {@code section} stands; the nearest section above it when the key was left out. */
    private static Origin find(ConfigNode.Mapping section, String key) {
        ConfigNode node = section;
        for (String name : key.split("[.\\[\\]]+", -1)) {
            if (node instanceof ConfigNode.Mapping mapping && mapping.entries().containsKey(name)) {
                node = mapping.entries().get(name).value();
            } else if (node instanceof ConfigNode.Sequence sequence && name.matches("\\d{1,9}")) {
                node = sequence.items().get(Integer.parseInt(name));
            }
        }
        return node.origin();
    }
}
