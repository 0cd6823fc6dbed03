// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
    private static final Duration PERIOD = Duration.ofMillis(20);

    @TempDir
    Path directory;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final List<ReloadResult> results = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    private ConfigWatcher watch(Path file) {
        ConfigLoader loader = new ConfigLoader(Map.of());
        Reloader reloader =
                new Reloader(() -> loader.load(file), loader.load(file), plan -> {}, results::add, Clock.systemUTC());
        return new ConfigWatcher(file, reloader, executor, PERIOD);
    }

    /** A ConfigMap volume: {@code gatehouse.yaml -> ..data/gatehouse.yaml}, {@code ..data -> ..<version>}. */
    private void mount(String version, String yaml) throws IOException {
        Path data = Files.createDirectory(directory.resolve(".." + version));
        Files.writeString(data.resolve("gatehouse.yaml"), yaml);
        Path swap = Files.createSymbolicLink(directory.resolve("..data_tmp"), data.getFileName());
        Files.move(swap, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        Path file = directory.resolve("gatehouse.yaml");
        if (!Files.isSymbolicLink(file)) {
            Files.createSymbolicLink(file, Path.of("..data", "gatehouse.yaml"));
        }
    }

    /** At once, as editors do it: a file that is written anew is empty for a moment, and an empty one is a configuration too. */
    private void edit(Path file, String yaml) throws IOException {
        Path edited = Files.writeString(directory.resolve("edited"), yaml);
        Files.move(edited, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitOutcomes(ReloadResult.Outcome... outcomes) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() ->
                        assertThat(results).extracting(ReloadResult::outcome).containsExactly(outcomes));
    }

    @Test
    void aSwapOfTheConfigMapsDataIsNoticed() throws IOException {
        // Given
        mount("v1", "logging: {level: info}\n");
        try (ConfigWatcher watcher = watch(directory.resolve("gatehouse.yaml"))) {
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
            // When
            mount("v2", "logging: {level: debug}\n");
            // Then
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED, ReloadResult.Outcome.APPLIED);
        }
    }

    @Test
    void aFileThatAnEditorReplacedIsNoticed() throws IOException {
        // Given
        Path file = ConfigFile.in(directory, "drain: {delay: 1s}\n").path();
        try (ConfigWatcher watcher = watch(file)) {
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
            // When
            edit(file, "drain: {delay: 2s}\n");
            // Then
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED, ReloadResult.Outcome.REFUSED);
        }
    }

    @Test
    void aBrokenFileIsReportedOnceAndItsRepairIsTakenOver() throws IOException {
        // Given
        Path file = ConfigFile.in(directory, "").path();
        try (ConfigWatcher watcher = watch(file)) {
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
            // When
            edit(file, "logging: {level: loud}\n");
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED, ReloadResult.Outcome.FAILED);
            edit(file, "logging: {level: debug}\n");
            // Then
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED, ReloadResult.Outcome.FAILED, ReloadResult.Outcome.APPLIED);
        }
    }

    @Test
    void aFileThatIsAwayForAWhileIsNoChange() throws IOException {
        // Given
        Path file = ConfigFile.in(directory, "").path();
        try (ConfigWatcher watcher = watch(file)) {
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
            // When
            Path aside = Files.move(file, directory.resolve("aside"));
            await().pollDelay(PERIOD.multipliedBy(5)).until(() -> true);
            Files.move(aside, file);
            await().pollDelay(PERIOD.multipliedBy(5)).until(() -> true);
            // Then
            awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
        }
    }

    @Test
    void aClosedWatcherLooksNoMore() throws IOException {
        // Given
        Path file = ConfigFile.in(directory, "").path();
        ConfigWatcher watcher = watch(file);
        awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
        // When
        watcher.close();
        Files.writeString(file, "logging: {level: debug}\n");
        await().pollDelay(PERIOD.multipliedBy(5)).until(() -> true);
        // Then
        awaitOutcomes(ReloadResult.Outcome.UNCHANGED);
    }
}
