// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What only the main class may take from the process, handed down.
 *
 * @param out standard output
 */
public record ProcessContext(Map<String, String> environment, Path userHome, PrintStream out) {
    /** Where downloads are kept between runs: {@code GATEHOUSE_CACHE}, or a folder of the user's. */
    public Path cache() {
        String configured = environment.get("GATEHOUSE_CACHE");
        return configured == null || configured.isEmpty()
                ? userHome.resolve(".cache").resolve("gatehouse")
                : Path.of(configured);
    }
}
