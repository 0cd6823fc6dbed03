// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which keys two configurations differ in. Values are not kept: a difference goes into logs.
 *
 * @param paths the keys in the order of the records, such as {@code ui.limits.maxHead}; a section that one side does not have counts
 *     as one key
 */
public record ConfigDiff(List<String> paths) {
    public ConfigDiff {
        paths = List.copyOf(paths);
    }

    /** Compares two configurations. */
    public static ConfigDiff between(GatehouseConfig before, GatehouseConfig after) {
        List<String> paths = new ArrayList<>();
        collect(GatehouseConfig.class, before, after, "", paths);
        return new ConfigDiff(paths);
    }

    private static void collect(
            Class<? extends Record> type, Record before, Record after, String prefix, List<String> paths) {
        for (Schema.Property property : Schema.properties(type)) {
            String path = Schema.join(prefix, property.name());
            Object left = property.read(before);
            Object right = property.read(after);
            if (property.kind() == Schema.Kind.SECTION
                    && left instanceof Record leftSection
                    && right instanceof Record rightSection) {
                collect(property.section(), leftSection, rightSection, path, paths);
            } else if (!Objects.equals(left, right)) {
                paths.add(path);
            }
        }
    }

    /** Whether nothing differs. */
    public boolean isEmpty() {
        return paths.isEmpty();
    }

    /** Whether a key, or one below it, differs. */
    public boolean touches(String path) {
        return paths.stream().anyMatch(changed -> changed.equals(path) || changed.startsWith(path + "."));
    }
}
