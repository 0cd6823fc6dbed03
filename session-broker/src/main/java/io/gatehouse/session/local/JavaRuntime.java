// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java installation that Spark may run on. Found by {@link JavaRuntimes}.
 *
 * @param home what would be its JAVA_HOME
 * @param feature its feature release: 17, 21, ...
 */
public record JavaRuntime(Path home, int feature) {

    /** In the file {@code release} of every installation since Java 7; 1.8 is how Java 8 calls itself. */
    private static final Pattern VERSION =
            Pattern.compile("^JAVA_VERSION=\"?(?:1\\.)?(\\d+)[^\"]*\"?\\s*$", Pattern.MULTILINE);

    /** The {@code java} program. */
    public Path executable() {
        return home.resolve("bin").resolve("java");
    }

    /**
     * Reads what the folder says about itself; nothing is run, so that a search over many folders costs nothing and
     * wakes no installer (macOS has a {@code java} that is one).
     *
     * @return empty when it is no Java installation, or does not tell its version
     */
    static Optional<JavaRuntime> at(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin").resolve("java")) || !Files.isRegularFile(release)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(release)) {
            return lines.map(VERSION::matcher)
                    .filter(Matcher::matches)
                    .findFirst()
                    .map(version -> new JavaRuntime(home, Integer.parseInt(version.group(1))));
        } catch (IOException | UncheckedIOException e) {
            // Not ours to read, or not text.
            return Optional.empty();
        }
    }
}
