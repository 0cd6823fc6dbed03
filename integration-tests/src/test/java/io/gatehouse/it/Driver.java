// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An application on a real driver, made by {@link SparkProcesses#start}.
 *
 * @param ui of the driver itself, with a slash at its end
 * @param readyFile gets the application's id once it has done its work
 * @param stopFile makes the application end by being there
 */
record Driver(SparkRelease release, URI ui, ChildProcess process, Path readyFile, Path stopFile) {
    /** For a machine with other work to do. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final int LOG_LINES = 30;
    private static final JsonMapper JSON = new JsonMapper();

    /** The application's id; waits until it has filled its pages. */
    String id() {
        await("the application " + process.name())
                .atMost(PATIENCE)
                .until(() -> Files.exists(readyFile) || !process.isAlive());
        try {
            return Files.readString(readyFile);
        } catch (IOException e) {
            throw new AssertionError(
                    process.name() + " has ended:\n" + String.join("\n", process.lastLogLines(LOG_LINES)), e);
        }
    }

    /** What the driver itself answers under a path below its REST API for the application. */
    JsonNode api(String path) {
        try (InputStream in =
                ui.resolve("api/v1/applications/" + id() + path).toURL().openStream()) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells the application to end as it should, and does not wait for it. */
    void stop() {
        try {
            Files.createFile(stopFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until nothing of it is left. */
    void awaitEnd() {
        await("the end of " + process.name()).atMost(PATIENCE).until(() -> !process.isAlive());
    }

    /** Ends the driver so that it cannot say that it ends. */
    void kill() {
        Program.of(process, "java").kill();
        awaitEnd();
    }

    /** The name of the test's process, for the names of tests. */
    @Override
    public String toString() {
        return process.name();
    }
}
