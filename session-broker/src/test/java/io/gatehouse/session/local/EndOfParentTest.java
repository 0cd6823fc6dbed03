// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No child outlives a Gatehouse that ends without a word. Another JVM plays Gatehouse. */
class EndOfParentTest {

    /** Who runs in the background of a shell has SIGINT ignored, and so would the parent: a JVM leaves it so. */
    private static final List<String> WITH_SIGINT = List.of(
            "python3",
            "-c",
            "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])");

    @TempDir
    Path folder;

    private Process parent;

    @AfterEach
    void tearDown() {
        parent.destroyForcibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "INT"})
    void childrenShouldEndWhenTheParentIsSignalled(String signal) throws Exception {
        // Given
        List<Long> pids = startParent(WITH_SIGINT, "wait");
        assertThat(ProcessTable.running(pids)).hasSize(Family.SIZE);

        // When
        signal(signal, Long.toString(parent.pid()));

        // Then
        assertGone(pids);
    }

    @Test
    void childrenShouldEndWhenTheWholeProcessGroupOfTheParentIsKilled() throws Exception {
        // Given
        Optional<Path> setsid = SearchPath.of(System.getenv()).find("setsid");
        Assumptions.assumeTrue(setsid.isPresent(), "needs setsid to give the parent a group that can be killed");
        List<Long> pids = startParent(List.of(setsid.orElseThrow().toString()), "wait");

        // When
        signal("KILL", "-" + parent.pid());

        // Then
        assertGone(pids);
    }

    @Test
    void childrenShouldEndWhenTheParentExitsWithoutClosing() throws Exception {
        // When
        List<Long> pids = startParent(List.of(), "exit");

        // Then
        assertGone(pids);
    }

    private List<Long> startParent(List<String> prefix, String then) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ParentMain.class.getName(),
                folder.resolve("logs").toString(),
                folder.resolve("pids").toString(),
                then));
        parent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("parent.log").toFile())
                .start();
        return ProcessTable.awaitPids(folder.resolve("pids"), Family.SIZE);
    }

    private static void signal(String name, String target) throws Exception {
        Process kill = new ProcessBuilder("bash", "-c", "kill -\"$0\" -- \"$1\"", name, target).start();
        assertThat(kill.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    private void assertGone(List<Long> pids) throws InterruptedException {
        assertThat(parent.waitFor(ProcessTable.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        Awaitility.await()
                .atMost(ProcessTable.PATIENCE)
                .untilAsserted(() -> assertThat(ProcessTable.running(pids)).isEmpty());
    }
}
