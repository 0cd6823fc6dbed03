// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.proxy.testkit.TestPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./gatehouse demo} as a child process, from its start to its end, for the tests of what a user sees.
 *
 * <p>The demo says that it is up by writing its ready file. The first start on a machine builds Gatehouse and installs
 * Spark, hence the patience. What it prints goes to {@code target/demo-<test JVM>.log}.
 */
final class DemoProcess implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(10);
    private static final int LOG_LINES_IN_A_MESSAGE = 60;
    private static final JsonMapper JSON = new JsonMapper();

    /** The ready file: where the doors are, and what runs behind them. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Ready(URI ui, URI management, URI historyServer, Applications applications) {}

    /** The ids of the demo's two applications. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Applications(String running, String finished) {}

    private final Process process;
    private final ProcessTree tree;
    private final Path log;
    private final Ready ready;

    private DemoProcess(Process process, Path readyFile, Path log) {
        this.process = process;
        this.tree = new ProcessTree(process.toHandle());
        this.log = log;
        try {
            this.ready = awaitReady(readyFile);
        } catch (RuntimeException | Error e) {
            tree.kill();
            throw e;
        }
        tree.observe();
    }

    /** Starts the demo of this source tree and waits until it is ready. {@code folder} is the test's own and empty. */
    static DemoProcess start(Path folder) throws IOException {
        return start(folder, Map.of());
    }

    /** The same with further environment variables. */
    static DemoProcess start(Path folder, Map<String, String> environment) throws IOException {
        Path root = Repository.root();
        Path readyFile = folder.resolve("ready.json");
        Path target = Files.createDirectories(Path.of("target"));
        Path log = target.resolve("demo-" + TestPorts.jvm() + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        root.resolve("gatehouse").toString(), "demo", "--ready-file", readyFile.toString())
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("GATEHOUSE_JAVA_OPTS", ServeProcess.JAVA_OPTIONS);
        builder.environment().putAll(environment);
        // A demo takes its usual ports if they are free, and needs a while until it listens: one at a time looks.
        try (FileChannel channel = FileChannel.open(
                        target.resolve("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            return new DemoProcess(builder.start(), readyFile, log);
        }
    }

    Ready ready() {
        return ready;
    }

    /** Sends SIGTERM to the demo, and to nothing that it started. */
    void terminate() {
        tree.observe();
        tree.terminateRoot();
    }

    /** Whether the demo itself has ended within the time given. */
    boolean ended(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The demo and all it was ever seen to have started. */
    ProcessTree tree() {
        return tree;
    }

    /** All that the demo printed so far. */
    String output() throws IOException {
        return Files.readString(log);
    }

    /** The last lines that the demo printed, for the message of a failure. */
    String lastOutput() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_IN_A_MESSAGE), lines.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e + ")";
        }
    }

    /** Ends, by force, whatever a test left running. */
    @Override
    public void close() {
        tree.kill();
    }

    private Ready awaitReady(Path file) {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            if (Files.exists(file)) {
                try {
                    return JSON.readValue(file.toFile(), Ready.class);
                } catch (JsonProcessingException e) {
                    // Half written; the next look finds the rest, or the timeout tells.
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            if (!process.isAlive()) {
                throw new AssertionError(
                        "gatehouse demo ended with status " + process.exitValue() + ":\n" + lastOutput());
            }
            tree.observe();
            pause();
        }
        throw new AssertionError("gatehouse demo was not ready in " + READY_TIMEOUT + ":\n" + lastOutput());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(250);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the demo", e);
        }
    }
}
