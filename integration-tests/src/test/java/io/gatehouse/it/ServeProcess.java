// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** {@code ./gatehouse serve} with a configuration of a test's own, on ports that it chooses. */
public final class ServeProcess implements AutoCloseable {
    /** The first start after a change builds Gatehouse. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Spares the better of the JVM's two compilers: what a test asks of it is over before that has paid. */
    static final String JAVA_OPTIONS = "-XX:TieredStopAtLevel=1";

    private static final JsonMapper JSON = new JsonMapper();

    private final ProcessTree tree;
    private final URI ui;
    private final URI management;
    private final String connect;
    private final Path log;

    private ServeProcess(ProcessTree tree, JsonNode doors, Path log) {
        this.tree = tree;
        this.ui = URI.create(doors.path("ui").asText());
        this.management = URI.create(doors.path("management").asText());
        this.connect = doors.path("connect").asText();
        this.log = log;
    }

    /** Starts it and waits until it listens. {@code folder} is the test's own. */
    public static ServeProcess start(Path folder, String configuration) throws IOException {
        Path config = Files.writeString(folder.resolve("gatehouse.yaml"), configuration);
        Path ready = folder.resolve("ready.json");
        Path log = folder.resolve("gatehouse.log");
        Path root = Repository.root();
        ProcessBuilder builder = new ProcessBuilder(
                        root.resolve("gatehouse").toString(),
                        "serve",
                        "--config",
                        config.toString(),
                        "--ready-file",
                        ready.toString())
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
        return new ServeProcess(tree, JSON.readTree(ready.toFile()), log);
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

    /** Ends it at once, as a machine that fails does. */
    void kill() {
        tree.kill();
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
