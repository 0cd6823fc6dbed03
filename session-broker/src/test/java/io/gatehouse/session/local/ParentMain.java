// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Stands for Gatehouse in {@link EndOfParentTest}: starts a child, then returns or waits to be killed. */
final class ParentMain {

    private ParentMain() {}

    /** Arguments: the folder for logs, the file for process ids, and what to do then: {@code wait} or {@code exit}. */
    public static void main(String[] arguments) throws Exception {
        Path pidFile = Path.of(arguments[1]);
        ChildProcesses children =
                new ChildProcesses(Map.of("PATH", System.getenv("PATH")), Path.of(arguments[0]), Duration.ofSeconds(2));
        children.start(Family.command("family", pidFile));
        ProcessTable.awaitPids(pidFile, Family.SIZE);
        if (arguments[2].equals("wait")) {
            Thread.sleep(Duration.ofMinutes(10));
        }
        // Without close(), as after a crash of the main thread.
        System.exit(0);
    }
}
