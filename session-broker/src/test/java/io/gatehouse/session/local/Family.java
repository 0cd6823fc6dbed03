// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A child with descendants of every kind that is hard to end, for the tests of {@link ChildProcesses}. */
final class Family {

    /** How many process ids the command writes into its file. */
    static final int SIZE = 4;

    private Family() {}

    /** A shell, a grandchild, an orphan, and an orphan in a process group of its own; each writes its id to the file. */
    static ChildCommand command(String name, Path pidFile) {
        String script = """
                echo $$ >> "$0"
                sleep 600 & echo $! >> "$0"
                ( sleep 600 & echo $! >> "$0" )
                ( set -m; sleep 600 & echo $! >> "$0" )
                wait
                """;
        return new ChildCommand(
                name,
                List.of("bash", "-c", script, pidFile.toString()),
                Map.of(),
                pidFile.toAbsolutePath().getParent());
    }
}
