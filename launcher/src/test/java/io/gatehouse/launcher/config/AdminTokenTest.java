// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    @TempDir
    Path directory;

    @Test
    void withoutAFileThereIsNone() {
        AdminToken token = new AdminToken(null);
        token.readAgain();
        assertThat(token.get()).isEmpty();
    }

    @Test
    void aNewTokenCountsOnceItIsReadAgainAndABrokenOneNever() throws Exception {
        // Given
        Path file = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
        AdminToken token = new AdminToken(file);
        assertThat(token.get()).contains("0123456789abcdef");
        // When
        Files.writeString(file, "fedcba9876543210\n");
        token.readAgain();
        // Then
        assertThat(token.get()).contains("fedcba9876543210");
        // When
        Files.writeString(file, "short-secret");
        // Then
        assertThatThrownBy(token::readAgain)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("management.tokenFile: the file holds no token of at least 16 characters")
                .hasMessageNotContaining("short-secret");
        assertThat(token.get()).contains("fedcba9876543210");
    }

    @Test
    void aFileThatIsNotThereIsReported() {
        assertThatThrownBy(() -> new AdminToken(directory.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none: management.tokenFile: the file cannot be read (NoSuchFileException)");
    }
}
