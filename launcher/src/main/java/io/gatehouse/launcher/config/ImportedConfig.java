// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What another product's file comes to: our keys with their values, and in words what became of each of theirs. */
final class ImportedConfig {
    private final String title;
    private final Map<String, String> comments = new LinkedHashMap<>();
    private final Map<String, String> theirs = new LinkedHashMap<>();
    private final List<String> omitted = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private ConfigNode.Mapping tree = ConfigNode.Mapping.empty(Origin.defaults());

    /** {@code title}: the first sentence of the file. */
    ImportedConfig(String title) {
        this.title = title;
    }

    /**
     * Sets a key of ours.
     *
     * @param path of our key
     * @param key theirs, which messages name
     * @param value with the place where it stands in their file
     * @param remark what is to be said besides the name of their key; may be empty
     */
    void set(String path, String key, ConfigNode value, String remark) {
        tree = tree.with(List.of(path.split("\\.", -1)), value);
        comments.put(path, remark.isEmpty() ? key : key + ": " + remark);
        theirs.put(path, key);
    }

    /** Adds a name and its value to a map of ours, whatever dots the name has. */
    void add(String path, String name, String key, ConfigNode value) {
        List<String> way = new ArrayList<>(List.of(path.split("\\.", -1)));
        way.add(name);
        tree = tree.with(way, value);
        comments.put(path, key);
        theirs.put(path, key);
    }

    /** Says why a key of theirs has no counterpart. */
    void omit(String key, String why) {
        omitted.add(key + ": " + why);
    }

    /** Says what is not the same, on purpose. */
    void differ(String what) {
        differences.add(what);
    }

    ConfigNode.Mapping tree() {
        return tree;
    }

    /** A problem with one of our keys as one with theirs, which is what people have before them. */
    ConfigProblem inTheirWords(ConfigProblem problem) {
        String path = problem.path();
        while (!path.isEmpty() && !theirs.containsKey(path)) {
            path = path.substring(0, Math.max(Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')), 0));
        }
        String key = path.isEmpty()
                ? problem.path()
                : theirs.get(path) + problem.path().substring(path.length());
        return new ConfigProblem(problem.origin(), key, problem.what(), problem.remedy());
    }

    /** Our file. */
    String yaml() {
        YamlText out = new YamlText();
        out.comment("", title);
        out.comment("", "Above each key stands where it comes from; at the end, what is left out, and what differs.");
        section(tree, "", "", out);
        list("Left out:", omitted, out);
        list("Different on purpose:", differences, out);
        return out.toString();
    }

    private void section(ConfigNode.Mapping section, String path, String indent, YamlText out) {
        section.entries().forEach((key, entry) -> {
            String keyPath = Schema.join(path, key);
            if (path.isEmpty()) {
                out.line("");
            }
            String comment = comments.get(keyPath);
            if (comment != null) {
                out.comment(indent, comment);
            }
            value(entry.value(), indent + YamlText.scalar(key) + ":", keyPath, indent + YamlText.INDENT, out);
        });
    }

    private void value(ConfigNode value, String key, String path, String indent, YamlText out) {
        switch (value) {
            case ConfigNode.Scalar scalar -> out.line(key + " " + YamlText.scalar(scalar.text()));
            case ConfigNode.Sequence sequence -> {
                out.line(key + (sequence.items().isEmpty() ? " []" : ""));
                for (ConfigNode item : sequence.items()) {
                    out.line(indent + "- " + YamlText.scalar(((ConfigNode.Scalar) item).text()));
                }
            }
            case ConfigNode.Mapping mapping -> {
                out.line(key);
                section(mapping, path, indent, out);
            }
            case ConfigNode.Absent _ -> {}
        }
    }

    private static void list(String heading, List<String> paragraphs, YamlText out) {
        if (!paragraphs.isEmpty()) {
            out.line("");
            out.comment("", heading);
            paragraphs.forEach(paragraph -> out.comment("", "- " + paragraph));
        }
    }
}
