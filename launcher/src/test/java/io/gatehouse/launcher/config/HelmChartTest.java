// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code charts/gatehouse} and its pages say of the program, and the program of itself. ChartCT installs the chart. */
class HelmChartTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CHART = ROOT.resolve("charts/gatehouse");
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    void podsAreRolledForNoOtherKeysThanThoseThatCannotBeReloaded() throws Exception {
        assertThat(Files.readAllLines(CHART.resolve("files/reloadable")))
                .isSorted()
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(ReloadPlan.RELOADABLE);
    }

    @Test
    void theSchemaKnowsEveryKeyOfTheConfiguration() throws Exception {
        // To renew it: put what is expected here in the place of what stands behind "config":.
        assertThat(Files.readString(CHART.resolve("values.schema.json")))
                .contains("\n    \"config\": " + ConfigJsonSchema.text("    ") + ",\n");
    }

    @Test
    void theChartIsThatOfThisVersion() throws Exception {
        String version = group(Files.readString(Path.of("pom.xml")), "<version>([^<]+)</version>")
                .findFirst()
                .orElseThrow();
        assertThat(YAML.readTree(CHART.resolve("Chart.yaml").toFile())
                        .path("appVersion")
                        .asText())
                .isEqualTo(version);
    }

    @Test
    void everyValueStandsInTheReadmeAndNoOther() throws Exception {
        // Given
        List<String> documented = group(Files.readString(CHART.resolve("README.md")), "(?m)^\\| `([^`]+)`")
                .toList();
        // When / Then
        assertThat(documented).containsExactlyElementsOf(values());
    }

    @Test
    void theWayFromSparkWebProxyLeadsToValuesThatExist() throws Exception {
        // Given
        String page = Files.readString(ROOT.resolve("docs/from-spark-web-proxy.md"));
        String section =
                group(page, "(?s)\n## The chart\n(.*?)\n## ").findFirst().orElseThrow();
        List<String> rows =
                group(section, "(?m)^\\| `[^|]+ \\| [^|]* \\| ([^|]+) \\|$").toList();
        // When: what stands in backticks there are our names
        List<String> named = rows.stream()
                .flatMap(row -> group(row, "`([a-zA-Z]+(?:\\.[a-zA-Z]+)*)`"))
                .toList();
        // Then
        assertThat(rows).hasSizeGreaterThan(15);
        assertThat(named).hasSizeGreaterThan(15).allMatch(HelmChartTest::exists);
    }

    /** Whether something is a value, a section of values, or a key below {@code config}. */
    private static boolean exists(String path) {
        Stream<String> known = Stream.concat(
                values().stream(), Schema.leaves(GatehouseConfig.class).stream().map(leaf -> "config." + leaf.path()));
        return known.anyMatch(key -> key.equals(path) || key.startsWith(path + "."));
    }

    /** The paths of all values but those below {@code config}; a map or list without keys of ours is one. */
    private static List<String> values() {
        try {
            List<String> paths = new ArrayList<>();
            collect(YAML.readTree(CHART.resolve("values.yaml").toFile()), "", paths);
            return paths;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void collect(JsonNode section, String prefix, List<String> paths) {
        section.properties().forEach(entry -> {
            String path = Schema.join(prefix, entry.getKey());
            boolean free = Stream.of("config", "resources", "podSecurityContext", "securityContext")
                    .anyMatch(path::equals);
            if (entry.getValue().isObject() && !entry.getValue().isEmpty() && !free) {
                collect(entry.getValue(), path, paths);
            } else {
                paths.add(path);
            }
        });
    }

    /** What the first group of every match holds. */
    private static Stream<String> group(String text, String regex) {
        return Pattern.compile(regex).matcher(text).results().map((MatchResult match) -> match.group(1));
    }
}
