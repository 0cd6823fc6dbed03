// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.identity.HashPassword;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse hash-password}: a line for {@code identity.usersFile}. */
@Command(
        name = "hash-password",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Print a user's line for identity.usersFile.",
            "The password is asked for on the terminal, or is the first line of standard input."
        })
final class HashPasswordCommand implements Callable<Integer> {
    private final SecretPrompt prompt;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "USER", description = "Who logs in with it.")
    private String user = "";

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "A group that the user is a member of; may be given several times.")
    private List<String> groups = List.of();

    @Option(
            names = "--cost",
            paramLabel = "N",
            defaultValue = "" + HashPassword.DEFAULT_COST,
            description =
                    "4 to 15: each step doubles the time of a guess, and of a login; ${DEFAULT-VALUE} without it.")
    private int cost;

    HashPasswordCommand(SecretPrompt prompt) {
        this.prompt = prompt;
    }

    @Override
    public Integer call() throws IOException {
        HashPassword hash;
        try {
            hash = new HashPassword(new SecureRandom(), cost);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        byte[] password = prompt.ask("Password of " + user);
        try {
            spec.commandLine().getOut().println(hash.line(user, password, groups));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
        return ExitCodes.OK;
    }
}
