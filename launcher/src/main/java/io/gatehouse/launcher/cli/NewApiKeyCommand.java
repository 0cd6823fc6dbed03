// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.identity.NewApiKey;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse new-api-key}: a key, and its line for {@code identity.apiKeysFile}. */
@Command(
        name = "new-api-key",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Make an API key: print it, and its line for identity.apiKeysFile.",
            "The key is shown this once; the line does not tell it."
        })
final class NewApiKeyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Who calls with it, as a user's name.")
    private String name = "";

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "A group that it is a member of; may be given several times.")
    private List<String> groups = List.of();

    @Override
    public Integer call() {
        NewApiKey made;
        try {
            made = NewApiKey.make(new SecureRandom(), name, groups);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        // Apart, so that 'gatehouse new-api-key etl >> api-keys' keeps the line and shows the key.
        PrintWriter terminal = spec.commandLine().getErr();
        terminal.println("The key, for whoever calls with it; nobody can show it again:");
        terminal.println();
        terminal.println("  " + made.key());
        terminal.println();
        terminal.println("The line for identity.apiKeysFile:");
        terminal.flush();
        spec.commandLine().getOut().println(made.line());
        return ExitCodes.OK;
    }
}
