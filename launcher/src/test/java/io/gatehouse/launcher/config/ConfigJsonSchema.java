// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.TlsVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration as a JSON Schema, by which Helm refuses misspelt keys before a pod does. A key takes a line, or a section its lines;
 * what values may be beyond their types is left to {@code gatehouse validate}.
 */
final class ConfigJsonSchema {
    private static final String INDENT = "  ";

    private ConfigJsonSchema() {}

    /** The schema of the whole, as it stands behind a key at that indentation. */
    static String text(String indent) {
        return section(GatehouseConfig.class, indent);
    }

    private static String section(Class<? extends Record> type, String indent) {
        List<Schema.Property> properties = Schema.properties(type);
        String required = properties.stream()
                .filter(Schema.Property::required)
                .map(property -> quoted(property.name()))
                .collect(Collectors.joining(", "));
        String inner = indent + INDENT;
        String keys = properties.stream()
                .map(property -> inner + INDENT + quoted(property.name()) + ": " + property(property, inner + INDENT))
                .collect(Collectors.joining(",\n"));
        return "{\n"
                + inner
                + "\"type\": \"object\",\n"
                + inner
                + "\"additionalProperties\": false,\n"
                + (required.isEmpty() ? "" : inner + "\"required\": [" + required + "],\n")
                + inner
                + "\"properties\": {\n"
                + keys
                + "\n"
                + inner
                + "}\n"
                + indent
                + "}";
    }

    private static String property(Schema.Property property, String indent) {
        return switch (property.kind()) {
            case SCALAR -> scalar(property.type());
            case SECTION -> section(property.section(), indent);
            case SCALARS -> array(scalar(property.type()));
            case SECTIONS -> array(section(property.section(), indent));
            case MAP -> "{\"type\": \"object\", \"additionalProperties\": " + scalar(property.type()) + "}";
        };
    }

    private static String array(String items) {
        return "{\"type\": \"array\", \"items\": " + items + "}";
    }

    private static String scalar(Class<?> type) {
        if (type == Integer.class) {
            return "{\"type\": \"integer\"}";
        }
        if (type == Boolean.class) {
            return "{\"type\": \"boolean\"}";
        }
        if (type == Duration.class) {
            return form(Durations.FORM);
        }
        if (type == ByteSize.class) {
            return form(ByteSize.FORM);
        }
        if (type.isEnum()) {
            List<String> words =
                    Arrays.stream(type.getEnumConstants()).map(Scalars::print).toList();
            // YAML takes versions for numbers where they are not in quotes.
            Stream<String> bare = type == TlsVersion.class ? words.stream() : Stream.of();
            return "{\"enum\": ["
                    + Stream.concat(words.stream().map(ConfigJsonSchema::quoted), bare)
                            .collect(Collectors.joining(", "))
                    + "]}";
        }
        // A header's value may be 0, which YAML takes for a number.
        return type == String.class ? "{\"type\": [\"string\", \"number\", \"boolean\"]}" : "{\"type\": \"string\"}";
    }

    private static String form(Pattern pattern) {
        return "{\"type\": \"string\", \"pattern\": "
                + quoted("^" + pattern.pattern().replace("\\", "\\\\") + "$")
                + "}";
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
