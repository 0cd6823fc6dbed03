// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDefaultsTest {
    @TempDir
    Path directory;

    @Test
    void whatIsPrintedLoadsBackToTheSameConfiguration() {
        // Given
        ConfigFile file = ConfigFile.in(directory, ConfigDefaults.yaml());
        // When
        GatehouseConfig loaded = file.load();
        // Then
        assertThat(loaded).isEqualTo(new ConfigLoader(Map.of()).loadWithoutFile());
    }

    @Test
    void aSectionThatIsCommentedOutIsValidWithoutItsSigns() {
        // Given
        String yaml = Pattern.compile(
                        "^( *)# (historyServer:|cluster:|oidc:|tls:|cors:|applicationHosts:|  \\w+: .*|  # )",
                        Pattern.MULTILINE)
                .matcher(ConfigDefaults.yaml())
                .replaceAll("$1$2");
        ConfigFile file = ConfigFile.in(directory, yaml);
        // When / Then
        GatehouseConfig loaded = file.load();
        assertThat(loaded.discovery().cluster().name()).isEqualTo("kubernetes");
        assertThat(loaded.discovery().historyServer().url()).hasToString("http://history-server:18080");
        assertThat(loaded.ui().applicationHosts().domain()).isEqualTo("apps.example.com");
        assertThat(loaded.ui().cors().maxAge()).isEqualTo(Duration.ofMinutes(5));
        assertThat(loaded.identity().oidc().issuer()).isEqualTo("https://keycloak.example.com/realms/spark");
        assertThat(loaded.connect().tls().certFile()).hasToString("/etc/gatehouse/tls/tls.crt");
        assertThat(loaded.ui().tls().certFile()).hasToString("/etc/gatehouse/tls/tls.crt");
    }

    @Test
    void everyKeyIsExplained() {
        // Given
        String yaml = ConfigDefaults.yaml();
        // When / Then
        for (Schema.Leaf leaf : Schema.leaves(GatehouseConfig.class)) {
            assertThat(yaml).contains(leaf.property().name() + ":");
            assertThat(leaf.property().description()).endsWith(".");
        }
        assertThat(yaml.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
    }
}
