// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What {@link ChildProcesses#start} is to run. {@link LocalSpark} and {@link SparkInstaller} make these.
 *
 * @param name names the log file, the threads and the log lines; unique among the children that run at a time
 * @param command program and arguments; the program is looked up on the child's PATH when it holds no slash
 * @param environment added to the base environment, and stronger than it
 * @param workingDirectory exists already
 */
public record ChildCommand(String name, List<String> command, Map<String, String> environment, Path workingDirectory) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Copies the collections, and refuses a name that cannot be a file name, and an empty command. */
    public ChildCommand {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("A child's name is lower case letters, digits, '.', '_', '-': " + name);
        }
        if (command.isEmpty()) {
            throw new IllegalArgumentException("Child " + name + " has no command");
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The name and the program, without arguments or environment, since those may hold secrets. */
    @Override
    public String toString() {
        return "ChildCommand[" + name + ": " + command.getFirst() + "]";
    }
}
