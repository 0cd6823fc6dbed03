// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** What tests ask the operating system about processes that are not their own children. */
final class ProcessTable {

    /** Generous, for machines under load. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private ProcessTable() {}

    /** Whether the process runs. A zombie does not: it waits for its parent only, which may take its time. */
    static boolean runs(long pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        if (Files.exists(Path.of("/proc/self/stat"))) {
            try {
                String line = Files.readString(stat);
                return line.charAt(line.lastIndexOf(')') + 2) != 'Z';
            } catch (IOException e) {
                return false;
            }
        }
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Those of the processes that run. */
    static List<Long> running(List<Long> pids) {
        return pids.stream().filter(ProcessTable::runs).toList();
    }

    /** Waits until a script has written as many process ids into the file, one a line, and returns them. */
    static List<Long> awaitPids(Path file, int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> pids(file).size() == count);
        return pids(file);
    }

    private static List<Long> pids(Path file) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
                    : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
