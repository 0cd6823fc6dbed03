// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.config.ConfigDefaults;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gatehouse config}: prints a configuration to start from. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Print the configuration's keys.")
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--defaults",
            description = "Print every key with its default and one sentence, as YAML that can be loaded.")
    private boolean defaults;

    @Override
    public Integer call() {
        if (!defaults) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Missing option: --defaults");
        }
        spec.commandLine().getOut().print(ConfigDefaults.yaml());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
