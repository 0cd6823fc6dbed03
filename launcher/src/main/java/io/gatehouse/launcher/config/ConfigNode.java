// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration between reading and binding: a tree that knows where each of its nodes stands. Scalars are kept as text, because
 * only the record that receives one knows its type: {@code off} is a word to us, whatever YAML makes of it.
 */
sealed interface ConfigNode {
    /** Where the node stands. */
    Origin origin();

    /** What stands there, for a message about what should. */
    default String inWords() {
        return switch (this) {
            case Scalar scalar -> "the single value '" + scalar.text() + "'";
            case Absent _ -> "nothing";
            case Sequence _ -> "a list";
            case Mapping _ -> "a section";
        };
    }

    /** A single value, as it was written. */
    record Scalar(String text, Origin origin) implements ConfigNode {}

    /** A key without a value, or with {@code null}: the same as leaving the key out. */
    record Absent(Origin origin) implements ConfigNode {}

    /** A list. */
    record Sequence(List<ConfigNode> items, Origin origin) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * A value under a key.
     *
     * @param keyOrigin where the key stands, for a key that nobody knows
     */
    record Entry(Origin keyOrigin, ConfigNode value) {}

    /**
     * Keys and their values, in the order of the source.
     *
     * @param entries not to be changed after construction
     */
    record Mapping(Map<String, Entry> entries, Origin origin) implements ConfigNode {
        static Mapping empty(Origin origin) {
            return new Mapping(Map.of(), origin);
        }

        /**
         * A copy with {@code value} at {@code path}; sections on the way are made as needed. A scalar that stands where a section must
         * be is left as it is: binding reports it.
         */
        Mapping with(List<String> path, ConfigNode value) {
            Map<String, Entry> copy = new LinkedHashMap<>(entries);
            String key = path.getFirst();
            Entry present = copy.get(key);
            if (path.size() == 1) {
                copy.put(key, new Entry(value.origin(), value));
            } else if (present == null || present.value() instanceof Absent) {
                copy.put(key, new Entry(value.origin(), empty(value.origin()).with(rest(path), value)));
            } else if (present.value() instanceof Mapping section) {
                copy.put(key, new Entry(present.keyOrigin(), section.with(rest(path), value)));
            }
            return new Mapping(copy, origin);
        }

        private static List<String> rest(List<String> path) {
            return path.subList(1, path.size());
        }
    }
}
