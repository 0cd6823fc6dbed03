// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./build} in a copy of the tree, with a script in the place of Maven. */
class BuildScriptTest {
    @TempDir
    Path root;

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectories(root.resolve("scripts"));
        for (String file : List.of(
                "build",
                "gatehouse",
                "scripts/build-lock",
                "scripts/cluster-binaries",
                "scripts/find-jdk",
                "scripts/tiers.py")) {
            Files.copy(Path.of("..").resolve(file), root.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(root.resolve("launcher/target/gatehouse/lib"));
        executable("chromium", "");
        for (String program : List.of("kube-apiserver", "kube-controller-manager", "etcd", "helm", "dex")) {
            executable(program, "");
        }
    }

    private void executable(String name, String text) throws IOException {
        Path file = Files.createDirectories(root.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/bash\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Script.Result build() throws Exception {
        return Script.run(
                Map.of(
                        "PATH", root.resolve("bin") + ":" + System.getenv("PATH"),
                        "HOME", root.toString(),
                        "JAVA_HOME", System.getProperty("java.home"),
                        "KUBEBUILDER_ASSETS", root.resolve("bin").toString()),
                List.of("/bin/bash", root.resolve("build").toString()));
    }

    @Test
    void aReportThatCannotBeReadFailsTheBuild() throws Exception {
        // Given
        executable(
                "mvn",
                "mkdir -p module/target/surefire-reports\n"
                        + "echo '<testsuite><testcase>' > module/target/surefire-reports/TEST-a.OneTest.xml");
        // When
        Script.Result result = build();
        // Then
        assertThat(result.err()).contains("TEST-a.OneTest.xml", "could not be counted");
        assertThat(result.code()).isEqualTo(1);
        assertThat(root.resolve("launcher/target/gatehouse/built")).doesNotExist();
    }

    @Test
    void itSaysWhichSparksTheTestsWillInstall() throws Exception {
        // Given
        executable("mvn", "exit 0");
        Path there = root.resolve(".cache/gatehouse/pyspark-" + SparkRelease.CURRENT.version());
        Files.createFile(Files.createDirectories(there).resolve(".complete"));

        // When
        String out = build().out();

        // Then
        assertThat(out)
                .contains(
                        "build: Spark " + SparkRelease.CURRENT.version() + " is in ",
                        "build: the system tests will install Spark " + SparkRelease.PREVIOUS.version() + " from PyPI")
                .containsOnlyOnce("will install");
    }

    @Test
    void theTestsAreToldWhereTheClustersProgramsAre() throws Exception {
        executable("mvn", "echo \"Maven has $KUBEBUILDER_ASSETS\"");
        assertThat(build().out()).contains("Maven has " + root.resolve("bin"));
    }

    @Test
    void withoutTheClustersProgramsTheBuildGoesOn() throws Exception {
        // Given
        executable("mvn", "echo \"Maven has ${KUBEBUILDER_ASSETS-none}\"");
        Files.writeString(root.resolve("scripts/cluster-binaries"), "#!/bin/bash\nexit 1\n");

        // When
        Script.Result result = build();

        // Then
        assertThat(result.out()).contains("Maven has none");
        assertThat(result.err()).contains("the cluster tests will fail");
        assertThat(result.code()).isZero();
    }

    @Test
    void mavensOwnExitCodeIsPassedOn() throws Exception {
        executable("mvn", "exit 7");
        assertThat(build().code()).isEqualTo(7);
    }

    /** There is no class in the jar, so what is started ends at once. */
    @Test
    void itsTestsStartWhatItHasPackedUnlessASourceIsNewer() throws Exception {
        // Given
        Path sources = Files.createDirectories(root.resolve("launcher/src/main"));
        String pack = """
                echo "mvn $*" >> "$HOME/calls"
                sleep 0.1
                mkdir -p launcher/target/gatehouse/lib
                : > launcher/target/gatehouse/lib/launcher-1.jar
                sleep 0.1
                """;
        executable("mvn", pack + "[ \"$1\" != -B ] || ./gatehouse || true");

        // When, Then
        assertThat(build().code()).isZero();
        assertThat(Files.readAllLines(root.resolve("calls"))).containsExactly("mvn -B -ntp verify");

        // When
        Files.delete(root.resolve("calls"));
        executable("mvn", pack + "[ \"$1\" != -B ] || { : > " + sources + "/New.java; ./gatehouse; } || true");

        // Then
        assertThat(build().code()).isZero();
        assertThat(Files.readAllLines(root.resolve("calls")))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("mvn -q -B -ntp");
    }

    @Test
    void aBuildThatSucceedsSparesTheNextStartItsOwn() throws Exception {
        executable("mvn", "exit 0");
        assertThat(build().code()).isZero();
        assertThat(root.resolve("launcher/target/gatehouse/built")).exists();
        assertThat(root.resolve("launcher/target/gatehouse/lib")).doesNotExist();
    }
}
