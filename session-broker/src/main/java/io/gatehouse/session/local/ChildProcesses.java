// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts child programs, none of which outlives Gatehouse: not after {@link #close()}, not after Ctrl-C, and not when
 * Gatehouse is killed with SIGKILL or crashes.
 *
 * <p>The launcher makes one, and closes it last. Each child runs under {@code lifeline.sh}, which waits for the end of
 * a pipe that only this process holds open; the operating system closes that pipe however this process ends. So
 * {@code close()} is a courtesy, which waits until all is over, and needs no shutdown hook.
 *
 * <p>Safe for use by several threads.
 */
public final class ChildProcesses implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChildProcesses.class);

    /** What a lifeline may take beyond the grace: its rounds of KILL. */
    private static final Duration LIFELINE_MARGIN = Duration.ofSeconds(10);

    private final Map<String, String> baseEnvironment;
    private final Path logFolder;
    private final Duration grace;
    private final Lifeline lifeline;
    private final Map<String, ChildProcess> running = new ConcurrentHashMap<>();
    private boolean closed;

    /**
     * Prepares to start children; starts none.
     *
     * @param baseEnvironment what every child inherits; its PATH also leads to bash and setsid
     * @param logFolder takes one log file per child, and is made when the first one starts
     * @param grace what a child gets between TERM and KILL
     * @throws IOException when there is no bash
     */
    public ChildProcesses(Map<String, String> baseEnvironment, Path logFolder, Duration grace) throws IOException {
        this.baseEnvironment = Map.copyOf(baseEnvironment);
        this.logFolder = logFolder;
        this.grace = grace;
        this.lifeline = new Lifeline(this.baseEnvironment);
    }

    /**
     * Starts a child. Its output goes to {@code <name>.log}; its standard input is empty.
     *
     * @throws IllegalStateException after {@link #close()}, or while a child of that name runs
     * @throws IOException when the lifeline cannot be started; a command that does not exist is no such case: that
     *     child ends with code 127
     */
    public synchronized ChildProcess start(ChildCommand command) throws IOException {
        if (closed) {
            throw new IllegalStateException("Gatehouse is stopping and starts no " + command.name());
        }
        ChildProcess namesake = running.get(command.name());
        if (namesake != null && namesake.isAlive()) {
            throw new IllegalStateException("A child named " + command.name() + " runs already");
        }
        ChildLog log = new ChildLog(logFolder.resolve(command.name() + ".log"));
        log.prepare();
        ProcessBuilder builder = new ProcessBuilder(lifeline.wrap(command, grace))
                .directory(command.workingDirectory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()));
        builder.environment().clear();
        builder.environment().putAll(baseEnvironment);
        builder.environment().putAll(command.environment());
        ChildProcess child = new ChildProcess(command.name(), builder.start(), log);
        running.put(child.name(), child);
        LOG.atInfo()
                .addKeyValue("child", child.name())
                .addKeyValue("pid", child.pid())
                .addKeyValue("log", child.log())
                .log("child started");
        CompletableFuture<Void> _ = child.onExit().thenAccept(code -> ended(child, code));
        return child;
    }

    /** The children that run now, in no order. */
    List<ChildProcess> running() {
        return List.copyOf(running.values());
    }

    /**
     * Stops all children at once and waits for their end: at most the grace and a little. Afterwards none can be
     * started. May be called more than once.
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List<ChildProcess> last = running();
        CompletableFuture<?>[] exits = last.stream().map(ChildProcess::stop).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(exits).get(grace.plus(LIFELINE_MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            kill(last, "child did not end in time, killed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill(last, "interrupted while waiting for the child's end, killed");
        } catch (ExecutionException e) {
            throw new IllegalStateException("A child's exit cannot fail", e);
        }
    }

    private static void kill(List<ChildProcess> children, String message) {
        for (ChildProcess child : children) {
            if (child.isAlive()) {
                LOG.atWarn()
                        .addKeyValue("child", child.name())
                        .addKeyValue("pid", child.pid())
                        .log(message);
                child.killTree();
            }
        }
    }

    private void ended(ChildProcess child, int code) {
        running.remove(child.name(), child);
        LOG.atInfo()
                .addKeyValue("child", child.name())
                .addKeyValue("pid", child.pid())
                .addKeyValue("exit_code", code)
                .log("child ended");
    }
}
