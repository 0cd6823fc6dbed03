// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "ui:\n", "ui: null\n", "ui:\n  port:\n  limits: ~\n", "{}\n"})
    void whatIsLeftOutHasItsDefault(String yaml) {
        // Given
        ConfigFile file = ConfigFile.in(directory, yaml);
        // When
        GatehouseConfig config = file.load();
        // Then
        assertThat(config).isEqualTo(new ConfigLoader(Map.of()).loadWithoutFile());
        assertThat(config.ui().port()).isEqualTo(4040);
        assertThat(config.discovery().historyServer()).isNull();
    }

    @Test
    void everyKindOfValueIsRead() {
        // Given
        ConfigFile file = ConfigFile.in(directory, """
                threads: 3
                ui:
                  address: "::"
                  limits: {maxHead: 1MiB}
                  timeouts: {head: 500ms, minBodyRate: 1KiB}
                upstream: {readStall: 5m}
                management: {tokenFile: /run/token}
                discovery:
                  historyServer:
                    url: http://[fd00::1]:18080/spark/
                    clientMode: false
                    allowedNetworks: [10.0.0.0/8, "fd00::/8"]
                  applications:
                    - url: http://127.0.0.1
                accessLog: {output: off}
                logging:
                  level: warn
                  format: text
                  levels: {io.netty: error}
                """);
        // When
        GatehouseConfig config = file.load();
        // Then
        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.ui().address()).isEqualTo("::");
        assertThat(config.ui().limits().maxHead().bytes()).isEqualTo(1 << 20);
        assertThat(config.ui().timeouts().head()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.ui().timeouts().minBodyRate()).isEqualTo(ByteSize.ofKiB(1));
        assertThat(config.upstream().readStall()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.management().tokenFile()).isEqualTo(Path.of("/run/token"));
        assertThat(config.discovery().historyServer())
                .isEqualTo(new HistoryServerConfig(
                        "history",
                        new HttpUrl(false, "fd00::1", 18080, "/spark"),
                        List.of(),
                        null,
                        null,
                        false,
                        List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"))));
        assertThat(config.discovery().applications())
                .containsExactly(new ApplicationConfig(null, new HttpUrl(false, "127.0.0.1", 80, "")));
        assertThat(config.accessLog().output()).isEqualTo(new AccessLogOutput.Off());
        assertThat(config.logging())
                .isEqualTo(new LoggingConfig(LogLevel.WARN, LogFormat.TEXT, Map.of("io.netty", LogLevel.ERROR)));
    }

    @Test
    void aFlagWinsOverAVariableAndAVariableOverTheFile() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "logging: {level: warn}\nui: {port: 1}\nmanagement: {port: 2}\n");
        ConfigLoader loader = new ConfigLoader(Map.of("GATEHOUSE_LOGGING_LEVEL", "error", "GATEHOUSE_UI_PORT", "3"))
                .withFlag("--log-level", "logging.level", "debug");
        // When
        GatehouseConfig config = loader.load(file.path());
        // Then
        assertThat(config.logging().level()).isEqualTo(LogLevel.DEBUG);
        assertThat(config.ui().port()).isEqualTo(3);
        assertThat(config.management().port()).isEqualTo(2);
    }

    @Test
    void aMistakeInAFlagNamesTheFlag() {
        // Given
        ConfigLoader loader = new ConfigLoader(Map.of()).withFlag("--log-level", "logging.level", "loud");
        // When / Then
        assertThatThrownBy(loader::loadWithoutFile).hasMessageContaining("1) flag --log-level: logging.level: 'loud'");
    }

    @Test
    void defaultsOfACommandGiveWayToVariablesAndFlags() {
        // Given
        Map<String, String> defaults = Map.of("logging.level", "warn", "discovery.interval", "1s", "threads", "7");
        ConfigLoader loader =
                new ConfigLoader(Map.of("GATEHOUSE_LOGGING_LEVEL", "debug")).withFlag("--threads", "threads", "2");
        // When
        GatehouseConfig config = loader.loadWithoutFile(defaults);
        // Then
        assertThat(config.logging().level()).isEqualTo(LogLevel.DEBUG);
        assertThat(config.threads()).isEqualTo(2);
        assertThat(config.discovery().interval()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theSamePortOnTwoAddressesIsFine() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "management: {address: 127.0.0.2, port: 4040}\n");
        // When / Then
        assertThat(file.problems()).isEmpty();
    }

    @Test
    void aCommandsOwnListLiesOverEverything() {
        // Given
        ConfigLoader loader = new ConfigLoader(Map.of())
                .withYaml(
                        "gatehouse demo", "pools", "pools: [{name: demo, servers: [{url: 'http://127.0.0.1:15003'}]}]");
        // When
        GatehouseConfig config = loader.loadWithoutFile();
        // Then
        assertThat(config.pools())
                .singleElement()
                .satisfies(pool -> assertThat(pool.servers())
                        .extracting(server -> server.url().toString())
                        .containsExactly("http://127.0.0.1:15003"));
        assertThatThrownBy(() -> new ConfigLoader(Map.of()).withYaml("gatehouse demo", "pools", "pools: ["))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("gatehouse demo");
    }
}
