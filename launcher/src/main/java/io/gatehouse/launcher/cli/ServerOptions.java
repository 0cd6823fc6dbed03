// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that start a server; picocli fills the fields. */
final class ServerOptions {
    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Written as JSON with URLs and process id once the server listens; removed when it stops.")
    @Nullable
    Path readyFile;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "Overrides logging.level: trace, debug, info, warn, error or off.")
    @Nullable
    String logLevel;
}
