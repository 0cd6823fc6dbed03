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

    @Option(
            names = "--takeover",
            description = "Take over from the server that runs with the same takeover.socket: receive its listening"
                    + " sockets, serve, and let it finish what it has begun. Where none runs, start as usual.")
    private boolean takeover;

    ServeCommand(ServerStarter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws Exception {
        return starter.start(takeover ? Server.Kind.TAKEOVER : Server.Kind.SERVE, config, options);
    }
}
