// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import ch.qos.logback.classic.LoggerContext;
import io.gatehouse.launcher.cli.GatehouseCommand;
import io.gatehouse.launcher.cli.Server;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.slf4j.LoggerFactory;

/** Where the process starts: the only class that reads the environment, takes standard output and exits. */
public final class Main {
    private Main() {}

    /** Runs the command line and exits with its code, see {@link io.gatehouse.launcher.cli.ExitCodes}. */
    public static void main(String[] args) {
        Logging logging = new Logging((LoggerContext) LoggerFactory.getILoggerFactory(), System.out);
        GatehouseCommand command = new GatehouseCommand(
                server(),
                logging,
                System.getenv(),
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()));
        System.exit(command.run(args));
    }

    /** The seam to the composition root. */
    private static Server server() {
        return (kind, launch) -> {
            throw new UnsupportedOperationException("the composition root is not wired in yet");
        };
    }
}
