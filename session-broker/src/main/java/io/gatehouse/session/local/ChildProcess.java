// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child program, together with all that it starts. Made by {@link ChildProcesses#start}.
 *
 * <p>It has ended when nothing of it is left: a descendant that the program leaves behind is ended with it.
 */
public final class ChildProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

    private final String name;
    private final Process lifeline;
    private final ChildLog log;
    private final CompletableFuture<Integer> exit;

    ChildProcess(String name, Process lifeline, ChildLog log) {
        this.name = name;
        this.lifeline = lifeline;
        this.log = log;
        this.exit = lifeline.onExit().thenApply(Process::exitValue);
    }

    /** The name it was started with. */
    public String name() {
        return name;
    }

    /** The process id of its lifeline, which is the parent of the program. */
    public long pid() {
        return lifeline.pid();
    }

    /** Whether the program, or anything it started, still runs. */
    public boolean isAlive() {
        return lifeline.isAlive();
    }

    /**
     * Completes with the program's exit code, or 128 + n when signal n ended it, once nothing of it is left. Each call
     * gives a future of its own: to complete or cancel it touches nobody else.
     */
    public CompletableFuture<Integer> onExit() {
        return exit.copy();
    }

    /** The file with its output, both streams. */
    public Path log() {
        return log.file();
    }

    /** The last lines of its output, at most {@code count}, for an error message. */
    public List<String> lastLogLines(int count) {
        return log.lastLines(count);
    }

    /**
     * Asks it to end: TERM to all of it, and KILL to what is left after the grace. Returns at once; the future is
     * {@link #onExit()}. May be called any number of times, from any thread.
     */
    public CompletableFuture<Integer> stop() {
        try {
            // The end of this pipe is what the lifeline waits for.
            lifeline.getOutputStream().close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("child", name).setCause(e).log("lifeline was closed already");
        }
        return onExit();
    }

    /** The last resort of {@link ChildProcesses#close()}, when the lifeline itself does not do its work. */
    void killTree() {
        List<ProcessHandle> family = lifeline.descendants().toList();
        lifeline.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
