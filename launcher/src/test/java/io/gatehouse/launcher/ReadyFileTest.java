// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
    @TempDir
    Path directory;

    private static SequencedMap<String, String> listeners(String ui, String management) {
        SequencedMap<String, String> listeners = new LinkedHashMap<>();
        listeners.put("ui", ReadyFile.url("http", new InetSocketAddress(InetAddress.ofLiteral(ui), 4040)));
        listeners.put(
                "management", ReadyFile.url("https", new InetSocketAddress(InetAddress.ofLiteral(management), 8081)));
        return listeners;
    }

    @Test
    void theFileSaysWhereTheServerListens() throws IOException {
        // Given
        Path file = directory.resolve("ready.json");
        // When
        ReadyFile.write(file, listeners("127.0.0.1", "::1"), Map.of(), 123);
        // Then
        assertThat(file)
                .hasContent(
                        "{\"ui\":\"http://127.0.0.1:4040\",\"management\":\"https://[0:0:0:0:0:0:0:1]:8081\",\"pid\":123}");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void aListenerOnAllAddressesIsNamedByTheLoopbackAddress() throws IOException {
        // Given
        Path file = directory.resolve("ready.json");
        // When
        ReadyFile.write(file, listeners("0.0.0.0", "::"), Map.of(), 123);
        // Then
        assertThat(file).content().contains("http://127.0.0.1:4040", "https://[::1]:8081");
    }

    @Test
    void theFileGoesWhenTheServerStops() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("ready.json"), "of an earlier run");
        ReadyFile readyFile = ReadyFile.write(file, listeners("127.0.0.1", "127.0.0.1"), Map.of(), 123);
        // When
        readyFile.close();
        // Then
        assertThat(file).doesNotExist();
        readyFile.close();
    }

    @Test
    void theFileOfAnotherProcessStays() throws IOException {
        // Given
        Path file = directory.resolve("ready.json");
        ReadyFile first = ReadyFile.write(file, listeners("127.0.0.1", "127.0.0.1"), Map.of(), 1);
        ReadyFile.write(file, listeners("127.0.0.1", "127.0.0.1"), Map.of(), 2);
        // When
        first.close();
        // Then
        assertThat(file).content().contains("\"pid\":2");
    }

    @Test
    void aDirectoryThatIsNotThereFails() {
        assertThatThrownBy(() -> ReadyFile.write(
                        directory.resolve("none/ready.json"), listeners("127.0.0.1", "127.0.0.1"), Map.of(), 1))
                .isInstanceOf(NoSuchFileException.class);
    }
}
