// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For which changes of the configuration {@code charts/gatehouse} rolls the pods. That its list of what reloads is the program's, and its
 * schema the whole configuration, is HelmChartTest's in {@code launcher}.
 */
@ClusterTest
class ChartRestartCT {
    private static final JsonMapper JSON = new JsonMapper();

    private Helm helm;

    @TempDir
    private Path folder;

    @BeforeEach
    void find(Cluster cluster) throws Exception {
        helm = Helm.of(cluster, folder);
    }

    @Test
    void podsAreRolledForWhatCannotBeReloadedAndForNothingElse() throws Exception {
        // Given: every key of the configuration, with a value that is not its default
        JsonNode schema = JSON.readTree(
                        Helm.chart().resolve("values.schema.json").toFile())
                .at("/properties/config");
        List<String> reloadable = Files.readAllLines(Helm.chart().resolve("files/reloadable"));
        List<Key> keys = new ArrayList<>();
        collect(schema, "", keys);
        // Whether there is TLS at all is another matter; and clusters do not go with a cluster.
        String base = Stream.of("ui", "connect", "management")
                .map(door -> "config." + door + ".tls.certFile=/a,config." + door + ".tls.keyFile=/a")
                .collect(Collectors.joining(","));
        String checksum = checksum(base);

        // When / Then
        ObjectNode all = JSON.createObjectNode();
        keys.stream()
                .filter(key -> key.isOneOf(reloadable) && !key.path().equals("discovery.clusters"))
                .forEach(key -> key.putInto(all));
        assertThat(checksum(base, all)).isEqualTo(checksum);
        assertThat(checksum("config.upstream.maxPending=7," + base))
                .as("a section in which nothing needs a restart")
                .isEqualTo(checksum);

        // When / Then
        assertThat(checksum("config.ui.proxyBase=/sparkui")).as("TLS or none").isNotEqualTo(checksum);
        List<Key> fixed = keys.stream().filter(key -> !key.isOneOf(reloadable)).toList();
        assertThat(fixed).hasSizeGreaterThan(10).allSatisfy(key -> {
            ObjectNode one = JSON.createObjectNode();
            key.putInto(one);
            assertThat(checksum(base, one)).isNotEqualTo(checksum);
        });
    }

    private String checksum(String values) {
        return checksum(values, JSON.createObjectNode());
    }

    private String checksum(String values, ObjectNode config) {
        try {
            Path file = Files.writeString(
                    folder.resolve("values.json"),
                    JSON.createObjectNode().set("config", config).toString());
            return helm.template(
                            "spark",
                            // Sections may lack what they require: only the sum counts here.
                            "--skip-schema-validation",
                            "--show-only",
                            "templates/deployment.yaml",
                            "--values",
                            file.toString(),
                            "--set",
                            Helm.IMAGE + "," + values)
                    .restartChecksum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A key of the configuration by its schema; a list or a map is one. */
    private record Key(String path, JsonNode schema) {
        boolean isOneOf(List<String> lines) {
            return lines.stream()
                    .anyMatch(line -> path.equals(line)
                            || (line.endsWith(".*") && path.startsWith(line.replace("*", "")))
                            || path.startsWith(line + "."));
        }

        /** Gives it a value of its type. */
        void putInto(ObjectNode config) {
            String[] names = path.split("\\.");
            ObjectNode section = config;
            for (int i = 0; i < names.length - 1; i++) {
                section = section.withObjectProperty(names[i]);
            }
            section.set(names[names.length - 1], value(schema));
        }

        private static JsonNode value(JsonNode schema) {
            if (schema.has("enum")) {
                return schema.path("enum").path(1);
            }
            return switch (schema.path("type").asText()) {
                case "integer" -> JSON.getNodeFactory().numberNode(7);
                case "boolean" -> JSON.getNodeFactory().booleanNode(true);
                case "array" -> JSON.createArrayNode().add(value(schema.path("items")));
                case "object" -> {
                    ObjectNode object = JSON.createObjectNode();
                    schema.path("required")
                            .forEach(name -> object.set(
                                    name.asText(),
                                    value(schema.path("properties").path(name.asText()))));
                    if (schema.path("additionalProperties").isObject()) {
                        object.set("a.b", value(schema.path("additionalProperties")));
                    }
                    yield object;
                }
                default -> {
                    String pattern = schema.path("pattern").asText();
                    yield JSON.getNodeFactory()
                            .textNode(pattern.contains("KiB") ? "7KiB" : pattern.contains("ms") ? "7s" : "/seven");
                }
            };
        }
    }

    private static void collect(JsonNode section, String prefix, List<Key> keys) {
        section.path("properties").properties().forEach(entry -> {
            String path = prefix + entry.getKey();
            if (entry.getValue().has("properties")) {
                collect(entry.getValue(), path + ".", keys);
            } else {
                keys.add(new Key(path, entry.getValue()));
            }
        });
    }
}
