// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.OwnAuthorization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of ours is shown to which History Server, while the configuration changes. */
class HistoryAccessTest {
    @TempDir
    private Path directory;

    private Path token;

    @BeforeEach
    void open() {
        token = directory.resolve("token");
    }

    private GatehouseConfig server(String host) {
        return ConfigFile.in(directory, """
                        discovery:
                          historyServers:
                            - {name: eu, url: 'http://%s:18080', authorizationFile: '%s'}
                        """.formatted(host, token)).load();
    }

    private HistoryAccess load(GatehouseConfig config) {
        return HistoryAccess.load(config);
    }

    private static OwnAuthorization shown(HistoryAccess access, GatehouseConfig config) {
        return Objects.requireNonNull(
                access.authorization(config.discovery().servers().getFirst()));
    }

    private static String line(OwnAuthorization authorization) {
        return new String(authorization.line(), StandardCharsets.US_ASCII).strip();
    }

    @Test
    void aFileThatChangesIsShownOnceItIsTakenOver() throws IOException {
        Files.writeString(token, "Bearer one");
        GatehouseConfig config = server("old");
        HistoryAccess access = load(config);
        // When
        Files.writeString(token, "Bearer two");
        ReloadedFiles read = access.readAgain(config);

        // Then
        assertThat(line(shown(access, config))).isEqualTo("Authorization: Bearer one");
        assertThat(read.keys()).containsExactly("discovery.historyServers[0].authorizationFile");
        read.takeOver().run();
        assertThat(line(shown(access, config))).isEqualTo("Authorization: Bearer two");
    }

    /** Requests to the old address may still wait for a connection, and those to the new one come before the files are taken over. */
    @Test
    void aServerThatMovesIsShownWhatIsMeantForItsNewAddressAndTheOldOneIsNot() throws IOException {
        Files.writeString(token, "Bearer one");
        GatehouseConfig before = server("old");
        HistoryAccess access = load(before);
        OwnAuthorization toTheOld = shown(access, before);

        // When
        Files.writeString(token, "Bearer two");
        GatehouseConfig after = server("new");
        ReloadedFiles read = access.readAgain(after);

        // Then
        assertThat(line(shown(access, after))).isEqualTo("Authorization: Bearer two");
        read.takeOver().run();
        assertThat(line(toTheOld)).isEqualTo("Authorization: Bearer one");
    }
}
