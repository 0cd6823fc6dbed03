// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.ConfiguredFiles;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.IdentityFiles;
import io.gatehouse.launcher.config.PoolFiles;
import io.gatehouse.proxy.tls.TlsProvider;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gatehouse validate}: loads a configuration as {@code serve} would, and stops there. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Check a configuration, with the GATEHOUSE_* variables over it.")
final class ValidateCommand implements Callable<Integer> {
    private final ConfigLoader loader;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration to check.")
    private Path config;

    ValidateCommand(ConfigLoader loader) {
        this.loader = loader;
    }

    @Override
    public Integer call() {
        GatehouseConfig checked = loader.load(config);
        ConfiguredFiles.load(checked, TlsProvider.best()).tls().close();
        IdentityFiles.check(checked.identity());
        PoolFiles.load(checked.pools());
        spec.commandLine().getOut().println(config + ": valid");
        return ExitCodes.OK;
    }
}
