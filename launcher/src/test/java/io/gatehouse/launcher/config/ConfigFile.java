// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A configuration file of a test, and what loading it says. */
record ConfigFile(Path path) {

    static ConfigFile in(Path directory, String yaml) {
        try {
            return new ConfigFile(Files.writeString(directory.resolve("gatehouse.yaml"), yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    GatehouseConfig load() {
        return load(Map.of());
    }

    GatehouseConfig load(Map<String, String> environment) {
        return new ConfigLoader(environment).load(path);
    }

    /** The problems, with the file's directory taken off. */
    List<String> problems() {
        return problems(Map.of());
    }

    List<String> problems(Map<String, String> environment) {
        try {
            load(environment);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> problem.replace(path.getParent() + "/", ""))
                    .toList();
        }
    }
}
