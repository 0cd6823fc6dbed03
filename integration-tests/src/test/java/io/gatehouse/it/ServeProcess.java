// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code ./gatehouse serve} with a configuration of a test's own, on ports that it chooses. */
public final class ServeProcess implements AutoCloseable {
    /** The first start after a change builds Gatehouse. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Spares the better of the JVM's two compilers: what a test asks of it is over before that has paid. */
    static final String JAVA_OPTIONS = "-XX:TieredStopAtLevel=1";

    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final ProcessTree tree;
    private final URI ui;
    private final URI management;
    private final String connect;
    private final Path log;

    private ServeProcess(Process process, ProcessTree tree, JsonNode doors, Path log) {
        this.process = process;
        this.tree = tree;
        this.ui = URI.create(doors.path("ui").asText());
        this.management = URI.create(doors.path("management").asText());
        this.connect = doors.path("connect").asText();
        this.log = log;
    }

    /** Starts it and waits until it listens. {@code folder} is the test's own; {@code options} are more of {@code serve}. */
    public static ServeProcess start(Path folder, String configuration, String... options) throws IOException {
        Path config = Files.writeString(folder.resolve("gatehouse.yaml"), configuration);
        Path ready = folder.resolve("ready.json");
        Path log = folder.resolve("gatehouse.log");
        Path root = Repository.root();
        List<String> command = new ArrayList<>(List.of(
                root.resolve("gatehouse").toString(),
                "serve",
                "--config",
                config.toString(),
                "--ready-file",
                ready.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("GATEHOUSE_JAVA_OPTS", JAVA_OPTIONS);
        Process process = builder.start();
        ProcessTree tree = new ProcessTree(process.toHandle());
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(ready) || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("gatehouse serve has ended:\n" + Files.readString(log));
        }
        tree.observe();
        return new ServeProcess(process, tree, JSON.readTree(ready.toFile()), log);
    }

    /** Where its ui door listens. */
    URI ui() {
        return ui;
    }

    /** Where its management door listens. */
    URI management() {
        return management;
    }

    /** Where its Connect door listens, as {@code host:port}; empty without pools. */
    public String connect() {
        return connect.replace("sc://", "");
    }

    /** The same by the name for which tests have certificates, and at which PySpark 4 sends a token without TLS. */
    String connectAddress() {
        return connect().replace("127.0.0.1", "localhost").replaceAll("/.*", "");
    }

    /** Ends it at once, as a machine that fails does. */
    void kill() {
        tree.kill();
    }

    /** Asks it to end, as {@code kill} does. */
    void terminate() {
        tree.terminateRoot();
    }

    /** Waits for its end, and says with which code. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the end of Gatehouse")
                .isTrue();
        return process.exitValue();
    }

    /** The calls that its Connect door has ended so far, from its access log. */
    List<JsonNode> calls() throws IOException {
        List<JsonNode> calls = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("{") && line.contains("\"listener\":\"connect\"")) {
                calls.add(JSON.readTree(line));
            }
        }
        return calls;
    }

    /** What it has logged so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** What the ui door answers under a path. */
    JsonNode json(String path) throws IOException {
        try (InputStream in = ui.resolve(path).toURL().openStream()) {
            return JSON.readTree(in);
        }
    }

    @Override
    public void close() {
        tree.kill();
    }
}
