// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a script of the repository. */
final class Script {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Script() {}

    /** What a script left. */
    record Result(int code, String out, String err) {}

    /** Runs a command in the root folder with exactly these variables. */
    static Result run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        // Both are small, so neither pipe fills while the other is read.
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, err);
    }
}
