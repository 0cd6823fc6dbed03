// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A child process and everything it started, remembered by handle, so that a test can end exactly those and can tell
 * what outlived them.
 *
 * <p>The operating system forgets whose child an orphan was. Hence {@link #observe()} is called while the root still
 * lives, at least once after it has started what it is going to start. A handle knows its start time, so a reused
 * process id is not mistaken for a survivor.
 */
public final class ProcessTree {

    private final ProcessHandle root;
    private final Set<ProcessHandle> seen = new LinkedHashSet<>();

    /** Begins to remember; {@code root} is a process that the test started itself. */
    public ProcessTree(ProcessHandle root) {
        this.root = root;
        seen.add(root);
    }

    /** Adds the descendants that exist now, also those of descendants seen before. */
    public void observe() {
        List.copyOf(seen).forEach(process -> process.descendants().forEach(seen::add));
    }

    /** All processes seen so far, the root first. */
    public Set<ProcessHandle> seen() {
        return Set.copyOf(seen);
    }

    /** Those of the processes seen that still run. A zombie that nobody collects has ended. */
    public List<ProcessHandle> survivors() {
        return seen.stream()
                .filter(ProcessHandle::isAlive)
                .filter(process -> !zombie(process))
                .toList();
    }

    /** Asks the root to stop (SIGTERM); what it started is its own business. */
    public void terminateRoot() {
        root.destroy();
    }

    /** Ends every process seen, by force: the last resort of a test's clean-up. */
    public void kill() {
        observe();
        seen.forEach(ProcessHandle::destroyForcibly);
    }

    /** What a failure message says about a process: id and command line, as far as the system tells. */
    public static String describe(ProcessHandle process) {
        String command =
                process.info().commandLine().or(process.info()::command).orElse("(command not known)");
        return process.pid() + " " + (command.length() <= 200 ? command : command.substring(0, 200) + "…");
    }

    /**
     * The state is the first field after the command in {@code /proc/<pid>/stat}; elsewhere than on Linux there is no
     * such file.
     */
    private static boolean zombie(ProcessHandle process) {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try (Stream<String> lines = Files.lines(stat, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains(") Z "));
        } catch (IOException e) {
            return false;
        }
    }
}
