// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The folders of the PATH variable in an environment that was passed in, for finding programs as a shell would. */
record SearchPath(List<Path> folders) {

    /** Splits the PATH; entries that are empty, relative or no path at all are left out. */
    static SearchPath of(Map<String, String> environment) {
        String[] entries = environment.getOrDefault("PATH", "").split(File.pathSeparator, -1);
        return new SearchPath(Arrays.stream(entries)
                .flatMap(entry -> absolute(entry).stream())
                .toList());
    }

    /** The path that a variable names; empty when it is relative, blank or no path at all. */
    static Optional<Path> absolute(String value) {
        try {
            return Optional.of(Path.of(value)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The first executable file of that name. */
    Optional<Path> find(String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
