// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Python interpreter and its version. {@link SparkInstaller} makes the virtual environment with one.
 *
 * @param program the interpreter
 * @param major and {@code minor}: 3 and 11, for instance
 */
record Python(Path program, int major, int minor) {

    private static final Logger LOG = LoggerFactory.getLogger(Python.class);

    /** The system's own choice first; then the names that macOS and older systems keep a newer one under. */
    private static final List<String> NAMES =
            List.of("python3", "python3.13", "python3.12", "python3.11", "python3.14", "python");

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
    private static final long PATIENCE_SECONDS = 60;

    /** Whether it is at least that version. */
    boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    /** All interpreters on the PATH under the usual names, each asked for its version, in order of preference. */
    static List<Python> onPath(Map<String, String> environment) throws IOException, InterruptedException {
        SearchPath path = SearchPath.of(environment);
        List<Python> found = new ArrayList<>();
        for (String name : NAMES) {
            Optional<Path> program = path.find(name);
            if (program.isPresent()) {
                ask(program.get(), environment).ifPresent(found::add);
            }
        }
        return List.copyOf(found);
    }

    /** Runs it for its version. The program says one line and ends by itself, so it needs no lifeline. */
    private static Optional<Python> ask(Path program, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                LOG.atDebug().addKeyValue("program", program).log("no usable Python");
                return Optional.empty();
            }
            // One short line fits the pipe's buffer, so reading after the end loses nothing.
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            Matcher version = VERSION.matcher(answer);
            return version.matches()
                    ? Optional.of(
                            new Python(program, Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2))))
                    : Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }
}
