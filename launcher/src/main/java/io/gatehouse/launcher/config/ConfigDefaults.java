// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints the whole configuration as commented YAML, for {@code gatehouse config --defaults}. Every key stands there with one sentence
 * and its default; a key without a default is commented out and shows an example. The text loads back to the same configuration.
 */
public final class ConfigDefaults {
    private static final String INDENT = YamlText.INDENT;

    private final YamlText out = new YamlText();

    private ConfigDefaults() {}

    /** The built-in defaults as YAML. */
    public static String yaml() {
        GatehouseConfig defaults = new ConfigLoader(Map.of()).loadWithoutFile();
        ConfigDefaults printer = new ConfigDefaults();
        printer.out.comment(
                "",
                "The configuration of Gatehouse: every key with its default. An environment variable overrides a key:"
                        + " GATEHOUSE_UI_PORT is ui.port. Durations are written 500ms, 30s, 5m or 1h, sizes 240B, 8KiB"
                        + " or 1MiB.");
        for (Schema.Property property : Schema.properties(GatehouseConfig.class)) {
            printer.out.line("");
            printer.key(property, property.read(defaults), "");
        }
        return printer.out.toString();
    }

    private void section(Class<? extends Record> type, Record values, String indent) {
        for (Schema.Property property : Schema.properties(type)) {
            key(property, property.read(values), indent);
        }
    }

    private void key(Schema.Property property, @Nullable Object value, String indent) {
        out.comment(indent, property.description());
        String key = property.name() + ":";
        switch (property.kind()) {
            case SECTION -> {
                if (value instanceof Record section) {
                    out.line(indent + key);
                    section(property.section(), section, indent + INDENT);
                } else {
                    commentedOut(property, indent);
                }
            }
            case SCALAR ->
                out.line(indent + (value == null ? "# " + key + " " + property.example() : key + " " + quoted(value)));
            case SCALARS, SECTIONS ->
                collection(property, (Collection<?>) present(value), indent + key + " []", indent);
            case MAP -> collection(property, ((Map<?, ?>) present(value)).keySet(), indent + key + " {}", indent);
        }
    }

    /** A section that is absent by default: all of it as comments, so that removing the signs makes it valid. */
    private void commentedOut(Schema.Property property, String indent) {
        ConfigNode.Mapping examples = ConfigNode.Mapping.empty(Origin.defaults());
        for (Schema.Property child : Schema.properties(property.section())) {
            if (child.required()) {
                examples =
                        examples.with(List.of(child.name()), new ConfigNode.Scalar(child.example(), Origin.defaults()));
            }
        }
        List<ConfigProblem> problems = new ArrayList<>();
        Record values = new RecordBinder(problems, new UnknownKeys(GatehouseConfig.class, problems))
                .bind(property.section(), examples, property.name());
        ConfigDefaults inner = new ConfigDefaults();
        inner.out.line(property.name() + ":");
        inner.section(property.section(), (Record) present(values), INDENT);
        inner.out.toString().lines().forEach(line -> out.line(indent + "# " + line));
    }

    private void collection(Schema.Property property, Collection<?> value, String line, String indent) {
        if (!value.isEmpty()) {
            throw new IllegalStateException("a default list or map is empty: " + property.name());
        }
        out.line(line);
        out.comment(indent, INDENT + property.example());
    }

    private static Object present(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("a key of this kind has a default");
        }
        return value;
    }

    /** A value that YAML would take for something else stands in quotes. */
    private static String quoted(Object value) {
        String text = Scalars.print(value);
        return value instanceof String ? YamlText.scalar(text) : text;
    }
}
