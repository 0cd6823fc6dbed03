// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private final List<ReloadPlan> plans = new ArrayList<>();
    private final List<ReloadResult> results = new ArrayList<>();
    private Reloader reloader;

    @BeforeEach
    void startWithDefaults() {
        reloader = reloader(plans::add);
    }

    private Reloader reloader(ReloadTarget target) {
        ConfigFile file = ConfigFile.in(directory, "");
        return new Reloader(file::load, file.load(), target, results::add, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void anUnchangedFileTouchesNothing() {
        // When
        ReloadResult result = reloader.reload();
        // Then
        assertThat(result)
                .isEqualTo(new ReloadResult(ReloadResult.Outcome.UNCHANGED, NOW, List.of(), List.of(), List.of()));
        assertThat(plans).isEmpty();
        assertThat(results).containsExactly(result);
    }

    @Test
    void aReloadableChangeIsApplied() {
        // Given
        ConfigFile.in(directory, "logging: {level: debug}\n");
        // When
        ReloadResult result = reloader.reload();
        // Then
        assertThat(result.outcome()).isEqualTo(ReloadResult.Outcome.APPLIED);
        assertThat(result.applied()).containsExactly("logging.level");
        assertThat(plans).hasSize(1);
        assertThat(reloader.inForce().logging().level()).isEqualTo(LogLevel.DEBUG);
    }

    @Test
    void aStaticChangeIsNamedWhileTheOthersAreApplied() {
        // Given
        ConfigFile.in(directory, "logging: {level: debug}\nui: {port: 1}\n");
        // When
        ReloadResult result = reloader.reload();
        // Then
        assertThat(result.outcome()).isEqualTo(ReloadResult.Outcome.REFUSED);
        assertThat(result.applied()).containsExactly("logging.level");
        assertThat(result.refused()).containsExactly("ui.port cannot change without a restart");
        assertThat(reloader.inForce().ui().port()).isEqualTo(4040);
    }

    @Test
    void aBrokenFileKeepsTheOldConfigurationInForce() {
        // Given
        GatehouseConfig before = reloader.inForce();
        ConfigFile.in(directory, "logging: {level: loud, format: xml}\n");
        // When
        ReloadResult result = reloader.reload();
        // Then
        assertThat(result.outcome()).isEqualTo(ReloadResult.Outcome.FAILED);
        assertThat(result.errors()).hasSize(2);
        assertThat(reloader.inForce()).isSameAs(before);
        assertThat(plans).isEmpty();
    }

    @Test
    void aTargetThatFailsKeepsTheOldConfigurationInForce() {
        // Given
        Reloader failing = reloader(plan -> {
            throw new IllegalStateException("an internal detail");
        });
        GatehouseConfig before = failing.inForce();
        ConfigFile.in(directory, "logging: {level: debug}\n");
        // When
        ReloadResult result = failing.reload();
        // Then
        assertThat(result.outcome()).isEqualTo(ReloadResult.Outcome.FAILED);
        assertThat(result.errors()).singleElement().asString().doesNotContain("internal detail");
        assertThat(failing.inForce()).isSameAs(before);
    }

    @Test
    void whatTurnsOutToBeUnusableIsSaidAsAnyMistake() {
        // Given
        ConfigProblem problem = new ConfigProblem(Origin.file("kubeconfig"), "discovery.cluster.kubeconfig", "p", "r");
        Reloader failing = reloader(plan -> {
            throw ConfigException.of(List.of(problem));
        });
        ConfigFile.in(directory, "logging: {level: debug}\n");
        // When
        ReloadResult result = failing.reload();
        // Then
        assertThat(result.errors()).containsExactly(problem.toString());
        assertThat(failing.inForce().logging().level()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void aDefectWhileFilesAreReadIsAFailureLikeAnyOther() {
        // Given
        Reloader failing = reloader(new ReloadTarget() {
            @Override
            public void apply(ReloadPlan plan) {
                plans.add(plan);
            }

            @Override
            public ReloadedFiles readFiles(GatehouseConfig effective) {
                throw new IllegalStateException("an internal detail");
            }
        });
        // When
        ReloadResult result = failing.reload();
        // Then
        assertThat(result.outcome()).isEqualTo(ReloadResult.Outcome.FAILED);
        assertThat(result.errors()).singleElement().asString().doesNotContain("internal detail");
        assertThat(results).containsExactly(result);
        assertThat(plans).isEmpty();
    }
}
