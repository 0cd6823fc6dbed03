// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessesTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", System.getenv("PATH"), "COLOUR", "base", "SHAPE", "round");

    @TempDir
    Path folder;

    private ChildProcesses children;

    @BeforeEach
    void setUp() throws IOException {
        children = new ChildProcesses(ENVIRONMENT, folder.resolve("logs"), Duration.ofSeconds(2));
    }

    @AfterEach
    void tearDown() {
        children.close();
    }

    @Test
    void closeShouldEndTheChildAndAllThatItStarted() throws Exception {
        // Given
        ChildProcess child = children.start(Family.command("family", folder.resolve("pids")));
        List<Long> pids = ProcessTable.awaitPids(folder.resolve("pids"), Family.SIZE);
        assertThat(ProcessTable.running(pids)).hasSize(Family.SIZE);

        // When
        children.close();

        // Then
        assertThat(ProcessTable.running(pids)).isEmpty();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.onExit()).isCompletedWithValue(143);
        assertThat(children.running()).isEmpty();
    }

    @Test
    void stopShouldEndOneChildAndLeaveTheOthers() throws Exception {
        // Given
        ChildProcess first = children.start(bash("first", "exec sleep 600"));
        ChildProcess second = children.start(bash("second", "exec sleep 600"));

        // When
        int code = exitCode(first.stop());

        // Then
        assertThat(code).isEqualTo(143);
        assertThat(second.isAlive()).isTrue();
        Awaitility.await()
                .atMost(ProcessTable.PATIENCE)
                .untilAsserted(() -> assertThat(children.running()).containsExactly(second));
    }

    @Test
    void childThatIgnoresTheRequestShouldBeKilledAfterTheGrace() throws Exception {
        // Given
        String script = "trap '' TERM; echo $$ > pid; while :; do sleep 0.2; done";
        ChildProcess child = children.start(bash("stubborn", script));
        List<Long> pids = ProcessTable.awaitPids(folder.resolve("pid"), 1);

        // When
        long start = System.nanoTime();
        int code = exitCode(child.stop());

        // Then
        assertThat(code).isEqualTo(137);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
        assertThat(ProcessTable.running(pids)).isEmpty();
    }

    @Test
    void killedLifelineShouldNotSaveItsChild() throws Exception {
        // Given
        ChildProcess child = children.start(Family.command("orphaned", folder.resolve("pids")));
        List<Long> pids = ProcessTable.awaitPids(folder.resolve("pids"), Family.SIZE);

        // When
        ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();

        // Then
        Awaitility.await()
                .atMost(ProcessTable.PATIENCE)
                .untilAsserted(() -> assertThat(ProcessTable.running(pids)).isEmpty());
    }

    @Test
    void childThatEndsShouldTakeAlongWhatItLeavesBehind() throws Exception {
        // Given
        String script = "( set -m; sleep 600 & echo $! >> pids ); sleep 600 & echo $! >> pids; exit 5";

        // When
        ChildProcess child = children.start(bash("leaver", script));
        int code = exitCode(child.onExit());

        // Then
        assertThat(code).isEqualTo(5);
        assertThat(ProcessTable.running(ProcessTable.awaitPids(folder.resolve("pids"), 2)))
                .isEmpty();
    }

    @Test
    void exitCodeShouldBeThatOfTheCommandOrOfTheSignalThatEndedIt() throws Exception {
        assertThat(exitCode(children.start(bash("good", "exit 0")).onExit())).isZero();
        assertThat(exitCode(children.start(bash("bad", "exit 42")).onExit())).isEqualTo(42);
        assertThat(exitCode(children.start(bash("killed", "kill -KILL $$")).onExit()))
                .isEqualTo(137);
        ChildCommand missing = new ChildCommand("missing", List.of("/no/such/program"), Map.of(), folder);
        assertThat(exitCode(children.start(missing).onExit())).isEqualTo(127);
    }

    @Test
    void childShouldSeeTheGivenEnvironmentOnlyAndAnEmptyInput() throws Exception {
        // Given
        String script = "cat; echo \"$COLOUR $SHAPE ${HOME:-homeless}\"; echo to stderr >&2";

        // When
        ChildProcess child = children.start(
                new ChildCommand("seer", List.of("bash", "-c", script), Map.of("COLOUR", "own"), folder));
        exitCode(child.onExit());

        // Then
        assertThat(child.log()).isEqualTo(folder.resolve("logs/seer.log"));
        assertThat(child.lastLogLines(10)).containsExactly("own round homeless", "to stderr");
        assertThat(child.lastLogLines(1)).containsExactly("to stderr");
    }

    @Test
    void argumentsShouldArriveAsTheyAre() throws Exception {
        // Given
        List<String> command = List.of("printf", "%s\\n", "two words", "$HOME `id`", "\"quoted\"", "*", "");

        // When
        ChildProcess child = children.start(new ChildCommand("printer", command, Map.of(), folder));
        exitCode(child.onExit());

        // Then
        assertThat(child.lastLogLines(10)).containsExactly("two words", "$HOME `id`", "\"quoted\"", "*", "");
    }

    /** Many, because the shell that starts them made remarks of its own where one ended before its next line. */
    @Test
    void logOfShortChildrenShouldHoldTheirOutputOnly() throws Exception {
        for (int i = 0; i < 20; i++) {
            ChildProcess child = children.start(
                    new ChildCommand("brief-" + i, List.of("printf", "%s\\n", "brief"), Map.of(), folder));
            exitCode(child.onExit());
            assertThat(child.lastLogLines(10)).containsExactly("brief");
        }
    }

    @Test
    void largeLogShouldBeSetAsideAtTheNextStart() throws Exception {
        // Given
        Path log = Files.createDirectories(folder.resolve("logs")).resolve("chatty.log");
        Files.write(log, new byte[(int) ChildLog.SET_ASIDE_AT + 1]);

        // When
        exitCode(children.start(bash("chatty", "echo fresh")).onExit());
        exitCode(children.start(bash("chatty", "echo again")).onExit());

        // Then
        assertThat(log).hasContent("fresh\nagain\n");
        assertThat(log.resolveSibling("chatty.log.1")).hasSize(ChildLog.SET_ASIDE_AT + 1);
    }

    @Test
    void secondChildOfOneNameShouldBeRefusedWhileTheFirstRuns() throws Exception {
        // Given
        children.start(bash("single", "exec sleep 600"));

        // When, Then
        assertThatThrownBy(() -> children.start(bash("single", "exit 0")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("single runs already");
    }

    @Test
    void nothingShouldStartAfterClose() {
        // Given
        children.close();

        // When, Then
        assertThatThrownBy(() -> children.start(bash("late", "exit 0"))).isInstanceOf(IllegalStateException.class);
    }

    private ChildCommand bash(String name, String script) {
        return new ChildCommand(name, List.of("bash", "-c", script), Map.of(), folder);
    }

    private static int exitCode(CompletableFuture<Integer> exit) throws Exception {
        return exit.get(ProcessTable.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
