// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadPlanTest {
    @TempDir
    Path directory;

    private GatehouseConfig load(String yaml) {
        return ConfigFile.in(directory, yaml).load();
    }

    @Test
    void reloadableKeysAreTakenOverAndStaticOnesNamed() {
        // Given
        GatehouseConfig inForce = load("");
        GatehouseConfig wanted = load("""
                threads: 2
                ui: {port: 1, timeouts: {head: 1s}, limits: {maxHeaders: 5}}
                upstream: {readStall: 1s, maxPending: 1, ejection: {firstDelay: 2s}}
                overload: {drainAt: 80}
                drain: {delay: 1s}
                logging: {level: debug}
                discovery: {historyServer: {url: http://h}}
                """);
        // When
        ReloadPlan plan = ReloadPlan.of(inForce, wanted);
        // Then
        assertThat(plan.applied().paths())
                .containsExactly(
                        "ui.limits.maxHeaders",
                        "ui.timeouts.head",
                        "upstream.readStall",
                        "upstream.maxPending",
                        "upstream.ejection.firstDelay",
                        "overload.drainAt",
                        "discovery.historyServer",
                        "logging.level");
        assertThat(plan.refusals())
                .containsExactly(
                        "threads cannot change without a restart",
                        "ui.port cannot change without a restart",
                        "drain.delay cannot change without a restart");
        assertThat(plan.effective()).isEqualTo(load("""
                                ui: {timeouts: {head: 1s}, limits: {maxHeaders: 5}}
                                upstream: {readStall: 1s, maxPending: 1, ejection: {firstDelay: 2s}}
                                overload: {drainAt: 80}
                                logging: {level: debug}
                                discovery: {historyServer: {url: http://h}}
                                """));
        assertThat(plan.applied().touches("discovery")).isTrue();
        assertThat(plan.applied().touches("ui")).isTrue();
        assertThat(plan.applied().touches("drain")).isFalse();
    }

    @Test
    void poolsChangeWithWhichOfThemIsTheDefault() {
        // Given
        GatehouseConfig inForce = load("pools: [{name: a, servers: [{url: http://a:1}]}]");
        String wanted = """
                connect: {defaultPool: b}
                pools: [{name: a, groups: [g], servers: [{url: http://a:1}]}, {name: b, servers: [{url: http://b:1}]}]
                """;
        // When
        ReloadPlan plan = ReloadPlan.of(inForce, load(wanted));
        // Then
        assertThat(plan.applied().paths()).containsExactly("connect.defaultPool", "pools");
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.effective()).isEqualTo(load(wanted));
    }

    @Test
    void whetherThereArePoolsNeedsARestart() {
        // Given
        GatehouseConfig without = load("");
        GatehouseConfig with = load("""
                connect: {defaultPool: a}
                pools: [{name: a, servers: [{url: http://a:1}]}]
                """);
        // When / Then
        assertThat(ReloadPlan.of(without, with).refusals())
                .containsExactly(
                        "connect.defaultPool cannot change without a restart", "pools cannot change without a restart");
        assertThat(ReloadPlan.of(without, with).effective()).isEqualTo(without);
        assertThat(ReloadPlan.of(with, without).effective()).isEqualTo(with);
    }

    @Test
    void equalConfigurationsLeaveNothingToDo() {
        // Given
        ReloadPlan plan = ReloadPlan.of(load("drain: {delay: 60s}\n"), load("drain: {delay: 1m}\n"));
        // When / Then
        assertThat(plan.applied().isEmpty()).isTrue();
        assertThat(plan.refused().isEmpty()).isTrue();
    }

    @Test
    void everyKeyThatIsListedExists() {
        // Given
        List<String> paths = Schema.leaves(GatehouseConfig.class).stream()
                .map(Schema.Leaf::path)
                .toList();
        // When / Then
        assertThat(ReloadPlan.RELOADABLE)
                .map(listed -> listed.replace(".*", ""))
                .allMatch(listed ->
                        paths.stream().anyMatch(path -> path.equals(listed) || path.startsWith(listed + ".")));
    }
}
