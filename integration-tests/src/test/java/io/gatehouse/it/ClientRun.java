// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A scenario of a {@link ClientScript} that runs, and what it has printed. */
record ClientRun(Process process, Path output) {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Waits until it has printed that line, and still runs. */
    void awaitLine(String line) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        !process.isAlive() || Files.readString(output).lines().anyMatch(line::equals));
        assertRunning();
    }

    /** It still runs. */
    void assertRunning() {
        assertThat(process.isAlive()).as(this::text).isTrue();
    }

    /** A line for its standard input. */
    void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for its end, which must be a good one. */
    void awaitOk() throws InterruptedException {
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            end();
        }
        assertThat(ended && process.exitValue() == 0).as(this::text).isTrue();
        assertThat("\n" + text()).contains("\nok");
    }

    /** Ends it where it still runs, as a test that has failed does. */
    void end() {
        process.destroyForcibly();
    }

    private String text() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
