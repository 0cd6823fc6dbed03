// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gatehouse demo}: the server with something to look at, without a file to write first. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description =
                "Show Gatehouse on this machine, with defaults and GATEHOUSE_* variables, until SIGTERM or SIGINT.")
final class DemoCommand implements Callable<Integer> {
    private final ServerStarter starter;

    @Mixin
    private final ServerOptions options = new ServerOptions();

    DemoCommand(ServerStarter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws Exception {
        return starter.start(Server.Kind.DEMO, null, options);
    }
}
