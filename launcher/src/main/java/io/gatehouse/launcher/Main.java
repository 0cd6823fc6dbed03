// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import ch.qos.logback.classic.LoggerContext;
import io.gatehouse.launcher.cli.GatehouseCommand;
import io.gatehouse.launcher.cli.SecretPrompt;
import io.gatehouse.launcher.cli.VersionProvider;
import io.gatehouse.launcher.wiring.ProcessContext;
import io.gatehouse.launcher.wiring.ServerProcess;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Where the process starts: the only class that reads the environment, takes standard output and exits. */
public final class Main {
    private Main() {}

    /** Runs the command line and exits with its code, see {@link io.gatehouse.launcher.cli.ExitCodes}. */
    public static void main(String[] args) {
        Logging logging = new Logging((LoggerContext) LoggerFactory.getILoggerFactory(), System.out);
        GatehouseCommand command = new GatehouseCommand(
                new ServerProcess(
                        new ProcessContext(System.getenv(), Path.of(System.getProperty("user.home")), System.out),
                        VersionProvider.version()),
                logging,
                System.getenv(),
                SecretPrompt.of(System.console(), System.in),
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()));
        System.exit(command.run(args));
    }
}
