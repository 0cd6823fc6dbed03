// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildProcess;
import java.io.IOException;
import java.util.List;

/** What a {@link ChildProcess} runs; that itself is only the program's guardian. */
public record Program(ProcessHandle process) {
    /** The one of that name ({@code java}, {@code etcd}) that a child has started. */
    public static Program of(ChildProcess child, String name) {
        List<ProcessHandle> found = ProcessHandle.of(child.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info()
                        .command()
                        .filter(path -> path.endsWith("/" + name))
                        .isPresent())
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("not one process " + name + " below " + child.name() + ": " + found);
        }
        return new Program(found.getFirst());
    }

    /** Ends it as the kernel does where memory runs out. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Lets it do nothing, as a machine does that has no time for it; its sockets stay open. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() {
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
