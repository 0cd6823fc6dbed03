// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.JavaRuntime;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The classes of a Spark as its JVM has them once they are read and checked (JEP 350): who starts with them has its pages full for a
 * quarter less CPU. Made once for a release and a Java, by running an application, and kept in the release's folder of the cache; the JVM
 * itself does not take it for other jars.
 *
 * @param file with nothing in it where this Java makes none
 */
record SparkArchive(Path file) {
    private static final int LOG_LINES = 30;

    /** Of the Spark that is installed in {@code folder}. */
    static SparkArchive in(Path folder, JavaRuntime java) throws IOException {
        int build = Files.readString(java.home().resolve("release")).hashCode();
        return new SparkArchive(folder.resolve("tests-%08x.jsa".formatted(build)));
    }

    /**
     * Makes it if it is not there; takes less than a minute where the machine has nothing else to do.
     *
     * @param training runs an application that ends by itself, and does all that others may do
     */
    void provide(ChildProcesses children, ChildCommand training) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        file.resolveSibling(file.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (!Files.exists(file)) {
                make(children, training);
            }
        }
    }

    private void make(ChildProcesses children, ChildCommand training) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(unfinished);
        ChildProcess process = children.start(with(training, "-XX:ArchiveClassesAtExit=" + unfinished));
        int code = process.onExit().join();
        if (code != 0) {
            throw new AssertionError(process.name() + " has ended with " + code + ":\n"
                    + String.join("\n", process.lastLogLines(LOG_LINES)));
        }
        if (!Files.exists(unfinished)) {
            Files.createFile(unfinished);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same command, of Spark's {@code java}, with these classes. */
    ChildCommand usedBy(ChildCommand command) throws IOException {
        return Files.size(file) == 0 ? command : with(command, "-XX:SharedArchiveFile=" + file);
    }

    private static ChildCommand with(ChildCommand command, String option) {
        List<String> words = new ArrayList<>(command.command());
        words.add(1, option);
        return new ChildCommand(command.name(), words, command.environment(), command.workingDirectory());
    }
}
