// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatehouse serve}: runs the server until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Serve what the configuration names, until SIGTERM or SIGINT.")
final class ServeCommand implements Callable<Integer> {
    private final ServerStarter starter;

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration; 'gatehouse config --defaults' prints one to start from.")
    private Path config;

    ServeCommand(ServerStarter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws Exception {
        return starter.start(Server.Kind.SERVE, config, options);
    }
}
