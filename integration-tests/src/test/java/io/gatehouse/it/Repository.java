// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.nio.file.Files;
import java.nio.file.Path;

/** The tree that these tests are part of. */
public final class Repository {
    private Repository() {}

    /** Its folder. Tests run in the module's, from an IDE perhaps in this one: it has the script and this module. */
    public static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("gatehouse"))
                    && Files.isDirectory(folder.resolve("integration-tests"))) {
                return folder;
            }
        }
        throw new AssertionError("no ./gatehouse in or above " + Path.of("").toAbsolutePath());
    }
}
