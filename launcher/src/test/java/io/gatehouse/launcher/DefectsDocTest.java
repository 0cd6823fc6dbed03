// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/defects-of-spark-session-operator.md} names tests that there are. */
class DefectsDocTest {
    private static final Path ROOT = Path.of("..");
    /** A class in backticks, and the methods behind it in parentheses. */
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)`(?: \\(((?:`\\w+`(?:, )?)+)\\))?");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+)\\. .*\\| (.*) \\|$");

    private static Map<String, String> sources;

    @BeforeAll
    static void readTests() throws IOException {
        sources = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                    }
                }
            }
        }
    }

    @Test
    void everyDefectHasItsNumberOnceAndTests() throws IOException {
        List<MatchResult> rows = rows();
        assertThat(rows).hasSizeGreaterThan(15);
        assertThat(rows.stream().map(row -> row.group(1))).doesNotHaveDuplicates();
        assertThat(rows)
                .allSatisfy(row -> assertThat(NAMED.matcher(row.group(2)).results())
                        .as("defect %s", row.group(1))
                        .isNotEmpty());
    }

    @Test
    void theTestsThatItNamesAreThere() throws IOException {
        List<String> missing = rows().stream()
                .flatMap(row -> NAMED.matcher(row.group(2)).results())
                .flatMap(DefectsDocTest::missing)
                .collect(Collectors.toList());
        assertThat(missing).isEmpty();
    }

    private static Stream<String> missing(MatchResult named) {
        String source = sources.get(named.group(1));
        if (source == null) {
            return Stream.of(named.group(1));
        }
        return named.group(2) == null
                ? Stream.of()
                : Stream.of(named.group(2).split("[`, ]+"))
                        .filter(method -> !method.isEmpty() && !source.contains("void " + method + "("))
                        .map(method -> named.group(1) + "." + method);
    }

    private static List<MatchResult> rows() throws IOException {
        String document = Files.readString(ROOT.resolve("docs/defects-of-spark-session-operator.md"));
        return ROW.matcher(document).results().toList();
    }
}
