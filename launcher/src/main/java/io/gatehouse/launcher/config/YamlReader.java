// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns the text of one YAML document into a {@link ConfigNode} tree. It reads tokens itself rather than through Jackson's data binding,
 * to keep every key's position, to report duplicate keys and to see scalars as they were written.
 */
final class YamlReader {
    private static final Pattern MARK = Pattern.compile("line (\\d{1,9}), column (\\d{1,9})");

    /** Deeper than any configuration; what is nested further was not written by somebody who wants to be understood. */
    private static final int DEEPEST = 32;

    private final String file;
    private final List<ConfigProblem> problems;

    /**
     * @param file the name of the file in messages
     * @param problems where mistakes are added
     */
    YamlReader(String file, List<ConfigProblem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The document's root; an empty one when the text is empty or no mapping. */
    ConfigNode.Mapping read(String text) {
        ConfigNode.Mapping empty = ConfigNode.Mapping.empty(Origin.file(file));
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return empty;
            }
            ConfigNode root = node(parser, "", DEEPEST);
            if (parser.nextToken() != null) {
                report(here(parser), "", "a second document starts here", "keep one document per file");
            }
            return switch (root) {
                case ConfigNode.Mapping mapping -> mapping;
                case ConfigNode.Absent _ -> empty;
                case ConfigNode other -> {
                    report(
                            other.origin(),
                            "",
                            "the file does not hold keys and values",
                            "start with a section such as ui:");
                    yield empty;
                }
            };
        } catch (JsonProcessingException e) {
            report(
                    position(e),
                    "",
                    "not YAML (" + reason(e) + ")",
                    "correct the syntax; mistakes further down show after that");
            return empty;
        } catch (IOException e) {
            throw new UncheckedIOException("reading a text that is in memory", e);
        }
    }

    /** {@code depth}: how many more levels may follow. */
    private ConfigNode node(YAMLParser parser, String path, int depth) throws IOException {
        Origin origin = here(parser);
        JsonToken token = parser.currentToken();
        if (parser.getTypeId() != null) {
            report(origin, path, "a YAML tag (!name) cannot be used here", "write the value without it");
        }
        if (depth == 0 && token.isStructStart()) {
            report(origin, path, "nested deeper than " + DEEPEST + " levels", "write fewer");
            parser.skipChildren();
            return new ConfigNode.Absent(origin);
        }
        if (token == JsonToken.START_OBJECT) {
            return mapping(parser, path, origin, depth - 1);
        }
        if (token == JsonToken.START_ARRAY) {
            List<ConfigNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(parser, path + "[" + items.size() + "]", depth - 1));
            }
            return new ConfigNode.Sequence(items, origin);
        }
        if (parser.isCurrentAlias()) {
            report(origin, path, "a YAML alias (*name) cannot be used here", "write the value out");
            return new ConfigNode.Absent(origin);
        }
        return token == JsonToken.VALUE_NULL
                ? new ConfigNode.Absent(origin)
                : new ConfigNode.Scalar(parser.getText(), origin);
    }

    private ConfigNode.Mapping mapping(YAMLParser parser, String path, Origin origin, int depth) throws IOException {
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPath = Schema.join(path, key);
            Origin keyOrigin = here(parser);
            parser.nextToken();
            ConfigNode value = node(parser, keyPath, depth);
            ConfigNode.Entry first = entries.putIfAbsent(key, new ConfigNode.Entry(keyOrigin, value));
            if (first != null) {
                report(
                        keyOrigin,
                        keyPath,
                        "duplicate key; it also stands in line "
                                + first.keyOrigin().line(),
                        "keep one of them");
            }
        }
        return new ConfigNode.Mapping(entries, origin);
    }

    private void report(Origin origin, String path, String what, String remedy) {
        problems.add(new ConfigProblem(origin, path, what, remedy));
    }

    private Origin here(YAMLParser parser) {
        return position(parser.currentTokenLocation());
    }

    private Origin position(JsonLocation location) {
        return Origin.position(file, Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    /** The exception's own location is where the last token began; the message names the place of the mistake, last. */
    private Origin position(JsonProcessingException e) {
        return MARK.matcher(e.getOriginalMessage())
                .results()
                .reduce((_, last) -> last)
                .map(mark -> Origin.position(file, Integer.parseInt(mark.group(1)), Integer.parseInt(mark.group(2))))
                .orElse(Origin.file(file));
    }

    /** The YAML parser's own sentences without the extract of the file that it adds in indented lines. */
    private static String reason(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }
}
