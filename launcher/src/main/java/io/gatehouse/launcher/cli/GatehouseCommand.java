// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.Logging;
import io.gatehouse.launcher.config.ConfigException;
import io.gatehouse.launcher.config.ConfigLoader;
import java.io.PrintWriter;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of the command line. {@link #run} is all that {@code Main} calls. */
@Command(
        name = "gatehouse",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "The front door to Apache Spark.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:failed while running",
            "  2:the command line cannot be understood",
            "100:the configuration is invalid",
            "130:stopped by SIGINT (Ctrl-C), in order",
            "143:stopped by SIGTERM, in order"
        })
public final class GatehouseCommand implements Runnable {
    private final CommandLine commandLine;

    @Spec
    private CommandSpec spec;

    /**
     * @param server what {@link ServeCommand} and {@link DemoCommand} start
     * @param logging set up once a configuration is loaded
     * @param environment the variables of the process
     * @param prompt where passwords come from
     * @param out for what was asked for
     * @param err for complaints
     */
    public GatehouseCommand(
            Server server,
            Logging logging,
            Map<String, String> environment,
            SecretPrompt prompt,
            PrintWriter out,
            PrintWriter err) {
        ConfigLoader loader = new ConfigLoader(environment);
        ServerStarter starter = new ServerStarter(server, logging, loader);
        commandLine = new CommandLine(this)
                .addSubcommand(new ServeCommand(starter))
                .addSubcommand(new DemoCommand(starter))
                .addSubcommand(new ValidateCommand(loader))
                .addSubcommand(new ConfigCommand())
                .addSubcommand(new ImportConfigCommand())
                .addSubcommand(new RewriteCheckCommand())
                .addSubcommand(new HashPasswordCommand(prompt))
                .addSubcommand(new NewApiKeyCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, _, _) -> report(failure, err));
    }

    /** Parses, runs and says with what to exit; see {@link ExitCodes}. */
    public int run(String... args) {
        return commandLine.execute(args);
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "Missing command: serve, demo, validate, config, import-config, rewrite-check, hash-password or new-api-key");
    }

    private static int report(Exception failure, PrintWriter err) {
        if (failure instanceof ConfigException) {
            err.println(failure.getMessage());
            return ExitCodes.INVALID_CONFIG;
        }
        LoggerFactory.getLogger(GatehouseCommand.class)
                .atDebug()
                .setCause(failure)
                .log("The command failed.");
        err.println("gatehouse: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
        return ExitCodes.RUNTIME;
    }
}
