// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaRuntimesTest {

    @TempDir
    Path root;

    @Test
    void java17ShouldBePreferredWhereverItLies() throws Exception {
        // Given
        Path gatehouse = java("usr/lib/jvm/jdk-25", "25.0.1");
        java("usr/lib/jvm/jdk-21", "21.0.5");
        Path wanted = java("Library/Java/JavaVirtualMachines/temurin-17.jdk/Contents/Home", "17.0.15");

        // When
        JavaRuntime found = runtimes(Map.of("JAVA_HOME", gatehouse.toString())).forSpark(null);

        // Then
        assertThat(found).isEqualTo(new JavaRuntime(wanted, 17));
        assertThat(found.executable()).isEqualTo(wanted.resolve("bin/java"));
    }

    @Test
    void java21ShouldComeBefore25AndThatBeforeOthers() throws Exception {
        // Given, When, Then
        java("opt/jdk-19", "19");
        assertThat(runtimes(Map.of()).forSpark(null).feature()).isEqualTo(19);
        java("home/.jdks/openjdk-25", "25-ea");
        assertThat(runtimes(Map.of()).forSpark(null).feature()).isEqualTo(25);
        java("home/.sdkman/candidates/java/21.0.5-tem", "21.0.5");
        assertThat(runtimes(Map.of()).forSpark(null).feature()).isEqualTo(21);
    }

    @Test
    void javaOfTheEnvironmentShouldWinAmongEquals() throws Exception {
        // Given
        java("usr/lib/jvm/a-17", "17.0.1");
        Path named = java("elsewhere/b-17", "17.0.2");

        // When
        JavaRuntime found = runtimes(Map.of("JAVA_HOME", named.toString())).forSpark(null);

        // Then
        assertThat(found.home()).isEqualTo(named);
    }

    @Test
    void javaOnThePathShouldBeFoundThroughItsLinks() throws Exception {
        // Given
        Path home = java("elsewhere/jdk-17", "17.0.9");
        Path alternatives = Files.createDirectories(root.resolve("etc/alternatives"));
        Files.createSymbolicLink(alternatives.resolve("java"), home.resolve("bin/java"));
        Path bin = Files.createDirectories(root.resolve("usr/bin"));
        Files.createSymbolicLink(bin.resolve("java"), alternatives.resolve("java"));
        String path = "relative" + File.pathSeparator + root.resolve("no-such") + File.pathSeparator + bin;

        // When
        JavaRuntime found = runtimes(Map.of("PATH", path)).forSpark(null);

        // Then
        assertThat(found.feature()).isEqualTo(17);
        assertThat(found.home()).isEqualTo(home.toRealPath());
    }

    @Test
    void oneInstallationUnderTwoNamesShouldCountOnce() throws Exception {
        // Given
        Path home = java("usr/lib/jvm/java-17-openjdk", "17.0.9");
        Files.createSymbolicLink(root.resolve("usr/lib/jvm/default-java"), home);

        // When, Then
        assertThat(runtimes(Map.of("JAVA_HOME", home.toString())).all()).containsExactly(new JavaRuntime(home, 17));
    }

    @Test
    void explicitHomeShouldBeUsedEvenWhereABetterOneIsFound() throws Exception {
        // Given
        java("usr/lib/jvm/jdk-17", "17.0.9");
        Path explicit = java("mine", "21");

        // When, Then
        assertThat(runtimes(Map.of()).forSpark(explicit)).isEqualTo(new JavaRuntime(explicit, 21));
    }

    @Test
    void explicitHomeThatIsNoneOrTooOldShouldBeRefusedByName() throws Exception {
        // Given
        Path old = java("old", "1.8.0_402");

        // When, Then
        assertThatThrownBy(() -> runtimes(Map.of()).forSpark(old))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining(old.toString())
                .hasMessageContaining("release 8");
        assertThatThrownBy(() -> runtimes(Map.of()).forSpark(root.resolve("nothing")))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("no Java installation in " + root.resolve("nothing"));
    }

    @Test
    void messageShouldSayWhatWasFoundAndWhatToInstall() throws Exception {
        // Given
        Files.createDirectories(root.resolve("opt/not-a-java/bin"));

        // When, Then
        assertThatThrownBy(() -> runtimes(Map.of("JAVA_HOME", " ")).forSpark(null))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("Spark needs Java 17 or 21: none was found")
                .hasMessageContaining("openjdk-17");

        // Given
        Path eleven = java("usr/lib/jvm/java-11", "11.0.2");

        // When, Then
        assertThatThrownBy(() -> runtimes(Map.of()).forSpark(null))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("found only Java 11 in " + eleven);
    }

    private JavaRuntimes runtimes(Map<String, String> environment) {
        return new JavaRuntimes(environment, root.resolve("home"), root);
    }

    private Path java(String home, String version) throws IOException {
        Path folder = root.resolve(home);
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(program, "");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\nOS=\"x\"\n");
        return folder;
    }
}
