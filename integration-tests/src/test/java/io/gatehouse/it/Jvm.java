// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildProcess;
import java.io.IOException;
import java.util.List;

/** The Java process of a Spark program, which its {@link ChildProcess} is only the guardian of. */
record Jvm(ProcessHandle process) {
    /** The one that a child has started. */
    static Jvm of(ChildProcess child) {
        List<ProcessHandle> found = ProcessHandle.of(child.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info()
                        .command()
                        .filter(path -> path.endsWith("/java"))
                        .isPresent())
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("not one Java process below " + child.name() + ": " + found);
        }
        return new Jvm(found.getFirst());
    }

    /** Ends it as the kernel does where memory runs out. */
    void kill() {
        process.destroyForcibly();
    }

    /** Lets it do nothing, as a machine does that has no time for it; its sockets stay open. */
    void pause() {
        signal("STOP");
    }

    /** Lets it go on. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + process.pid() + ": " + code);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
