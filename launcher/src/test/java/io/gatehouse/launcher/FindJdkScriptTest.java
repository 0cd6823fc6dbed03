// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindJdkScriptTest {
    @TempDir
    Path root;

    /** A folder that looks like a JDK to the script. */
    private Path jdk(String folder, String version) throws IOException {
        Path home = Files.createDirectories(root.resolve(folder));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/javac"), "");
        return home;
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Script.Result findJdk(Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH", root.resolve("bin").toString(),
                "HOME", root.resolve("home").toString(),
                "FIND_JDK_ROOT", root.toString()));
        environment.putAll(more);
        return Script.run(environment, List.of("/bin/bash", "scripts/find-jdk"));
    }

    private Script.Result findJdk() throws Exception {
        return findJdk(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usr/lib/jvm/temurin-25",
                "Library/Java/JavaVirtualMachines/a b.jdk/Contents/Home",
                "home/.sdkman/candidates/java/25-tem",
                "opt/jdk"
            })
    void theUsualFoldersAreLookedInto(String folder) throws Exception {
        // Given
        Path home = jdk(folder, "25.0.1");
        // When
        Script.Result result = findJdk();
        // Then
        assertThat(result).isEqualTo(new Script.Result(0, home + "\n", ""));
    }

    @ParameterizedTest
    @CsvSource({"25, 0", "25.0.3, 0", "26-ea, 0", "100.1, 0", "24.0.2, 1", "17.0.9, 1", "1.8.0_402, 1", "x, 1"})
    void theVersionIsAtLeast25(String version, int code) throws Exception {
        // Given
        jdk("opt/jdk", version);
        // When / Then
        assertThat(findJdk().code()).isEqualTo(code);
    }

    @Test
    void javaHomeComesFirstAndThenTheJavaOfThePath() throws Exception {
        // Given
        Path first = jdk("first", "25");
        Path second = jdk("second", "25");
        Path third = jdk("opt/third", "25");
        executable(root.resolve("bin/java"), "#!/bin/bash\necho '    java.home = " + second + "' >&2\n");
        // When / Then
        assertThat(findJdk(Map.of("JAVA_HOME", first.toString())).out()).isEqualTo(first + "\n");
        assertThat(findJdk().out()).isEqualTo(second + "\n");
        Files.delete(second.resolve("bin/javac"));
        assertThat(findJdk(Map.of("JAVA_HOME", "/nowhere")).out()).isEqualTo(third + "\n");
    }

    @Test
    void whatToInstallIsSaidWhenThereIsNone() throws Exception {
        // Given
        jdk("opt/old", "21");
        Files.delete(jdk("opt/runtime-only", "25").resolve("bin/javac"));
        // When
        Script.Result result = findJdk();
        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("No JDK 25 or newer found. Install one");
    }
}
