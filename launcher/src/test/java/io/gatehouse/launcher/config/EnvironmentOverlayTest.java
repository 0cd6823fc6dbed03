// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentOverlayTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "threads, GATEHOUSE_THREADS",
        "ui.port, GATEHOUSE_UI_PORT",
        "ui.limits.maxHead, GATEHOUSE_UI_LIMITS_MAX_HEAD",
        "discovery.historyServer.url, GATEHOUSE_DISCOVERY_HISTORY_SERVER_URL",
        "accessLog.output, GATEHOUSE_ACCESS_LOG_OUTPUT"
    })
    void aVariableIsThePathInUpperSnakeCase(String path, String variable) {
        assertThat(EnvironmentOverlay.variable(path)).isEqualTo(variable);
    }

    @Test
    void everyValueHasAVariableOfItsOwn() {
        // Given
        List<Schema.Leaf> values = Schema.leaves(GatehouseConfig.class).stream()
                .filter(leaf -> leaf.property().kind() == Schema.Kind.SCALAR
                        || leaf.property().kind() == Schema.Kind.SCALARS)
                .toList();
        // When / Then
        assertThat(EnvironmentOverlay.variables(GatehouseConfig.class)).hasSameSizeAs(values);
    }

    @Test
    void aVariableMakesASectionThatTheFileDoesNotHave() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "discovery:\n");
        Map<String, String> environment = Map.of(
                "GATEHOUSE_DISCOVERY_HISTORY_SERVER_URL", "http://h:18080",
                "GATEHOUSE_DISCOVERY_HISTORY_SERVER_ALLOWED_NETWORKS", "10.0.0.0/8, fd00::/8");
        // When
        HistoryServerConfig historyServer = file.load(environment).discovery().historyServer();
        // Then
        assertThat(historyServer)
                .isEqualTo(new HistoryServerConfig(
                        "history",
                        new HttpUrl(false, "h", 18080, ""),
                        List.of(),
                        null,
                        null,
                        true,
                        List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"))));
    }

    @Test
    void anEmptyVariableOfAListMeansTheEmptyList() {
        // Given
        ConfigFile file = ConfigFile.in(
                directory, "discovery: {historyServer: {url: http://h, allowedNetworks: [10.0.0.0/8]}}\n");
        // When
        GatehouseConfig config = file.load(Map.of("GATEHOUSE_DISCOVERY_HISTORY_SERVER_ALLOWED_NETWORKS", ""));
        // Then
        assertThat(config.discovery().historyServer().allowedNetworks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEHOUSE_UI_PORT | x | ui.port: 'x' is not a whole number: write digits only, such as 100",
                "GATEHOUSE_DRAIN_DELAY | 5 | drain.delay: '5' has no unit: write a duration with its unit, such as 5s or 5ms",
                "GATEHOUSE_DISCOVERY_HISTORY_SERVER_CLIENT_MODE | true"
                        + " | discovery.historyServer.url: the key is missing: add url: http://history-server:18080",
                "GATEHOUSE_UI_PROT | 1 | unknown variable: did you mean GATEHOUSE_UI_PORT?",
                "GATEHOUSE_LOGGING_LEVELS | a=b | unknown variable: set logging.levels in the file; it has no variable",
                "GATEHOUSE_COLOUR | red | unknown variable: unset it; 'gatehouse config --defaults' lists every key"
            })
    void aMistakeInAVariableNamesTheVariable(String name, String value, String problem) {
        // Given
        ConfigFile file = ConfigFile.in(directory, "");
        // When / Then
        assertThat(file.problems(Map.of(name, value))).containsExactly("environment variable " + name + ": " + problem);
    }

    @ParameterizedTest
    @CsvSource({
        "GATEHOUSE_CACHE, /var/cache",
        "GATEHOUSE_CHILD, 4711.1",
        "GATEHOUSE_JAVA_OPTS, -Xmx1g",
        "GATEHOUSE_PORT, tcp://10.0.0.1:4040",
        "GATEHOUSE_UI_PORT, tcp://10.0.0.1:4040",
        "GATEHOUSE_SERVICE_HOST, 10.0.0.1",
        "GATEHOUSE_SERVICE_PORT_HTTP, 4040",
        "GATEHOUSE_PORT_4040_TCP_ADDR, 10.0.0.1",
        "HOME, /root"
    })
    void variablesOfTheScriptOfKubernetesAndOfOthersAreIgnored(String name, String value) {
        // Given
        ConfigFile file = ConfigFile.in(directory, "");
        // When
        GatehouseConfig config = file.load(Map.of(name, value));
        // Then
        assertThat(config).isEqualTo(file.load());
    }
}
