// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkInstallerTest {

    private static final String PIP_CALL = "pip pyspark[connect]==4.3.0";

    private final JavaRuntime java = new JavaRuntime(Path.of("/java"), 17);
    private final List<String> progress = Collections.synchronizedList(new ArrayList<>());
    private final List<ChildProcesses> opened = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    Path folder;

    private FakePython python;
    private Path cache;
    private Path target;

    @BeforeEach
    void setUp() throws IOException {
        python = new FakePython(folder);
        cache = folder.resolve("cache");
        target = cache.resolve("pyspark-4.3.0");
    }

    @AfterEach
    void tearDown() {
        opened.forEach(ChildProcesses::close);
    }

    @Test
    void firstCallShouldInstallWithProgressAndTheSecondFindIt() throws Exception {
        // Given
        SparkInstaller installer = installer("3.12", "good");

        // When
        SparkDistribution spark = installer.provide(null, cache, java);

        // Then
        assertThat(spark)
                .isEqualTo(new SparkDistribution(
                        target.resolve("lib/python3.12/site-packages/pyspark"),
                        java,
                        target.resolve("bin/python"),
                        "4.3.0"));
        assertThat(progress.getFirst()).contains("pyspark[connect]==4.3.0", target.toString(), "456 MB");
        assertThat(progress).anyMatch(line -> line.contains("MB after 0 min"));
        assertThat(progress.getLast()).isEqualTo("Spark 4.3.0 is installed");
        assertThat(target.resolve(".complete")).exists();
        assertThat(target.resolve(".tmp")).doesNotExist();

        // When
        progress.clear();
        SparkDistribution again = installer.provide(null, cache, java);

        // Then
        assertThat(again).isEqualTo(spark);
        assertThat(progress).isEmpty();
        assertThat(python.done()).containsExactly("venv", PIP_CALL);
    }

    @Test
    void anotherReleaseShouldLieBesideTheFirst() throws Exception {
        // Given
        SparkInstaller installer = installer("3.12", "good");
        installer.provide(null, cache, java);

        // When
        SparkDistribution previous = installer.provideOwn(SparkRelease.PREVIOUS, cache, java);

        // Then
        assertThat(previous.version()).isEqualTo("3.5.9");
        assertThat(previous.home()).isEqualTo(cache.resolve("pyspark-3.5.9/lib/python3.12/site-packages/pyspark"));
        assertThat(progress)
                .anyMatch(line -> line.startsWith("Installing Spark 3.5.9 from PyPI, once: pyspark==3.5.9 into"));
        assertThat(installer.provide(null, cache, java).version()).isEqualTo("4.3.0");
        assertThat(python.done()).containsExactly("venv", PIP_CALL, "venv", "pip pyspark==3.5.9");
    }

    @Test
    void failureOfPipShouldShowTheEndOfItsLogAndLeaveNothingThatCountsAsInstalled() throws Exception {
        // When, Then
        assertThatThrownBy(() -> installer("3.12", "fails").provide(null, cache, java))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("pip could not install pyspark[connect]==4.3.0 (exit code 1)")
                .hasMessageContaining("ERROR: No matching distribution found")
                .hasMessageContaining("spark-install-pip.log")
                .hasMessageContaining("SPARK_HOME");
        assertThat(target.resolve(".complete")).doesNotExist();

        // When
        SparkDistribution spark = installer("3.12", "good").provide(null, cache, java);

        // Then
        assertThat(spark.version()).isEqualTo("4.3.0");
        assertThat(progress).anyMatch(line -> line.startsWith("Removing an unfinished installation"));
    }

    @Test
    void installationThatLacksPartsShouldNotBeTakenForComplete() {
        assertThatThrownBy(() -> installer("3.12", "half").provide(null, cache, java))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("no complete Spark 4.3.0");
        assertThat(target.resolve(".complete")).doesNotExist();
    }

    @Test
    void completeInstallationWithoutMarkerShouldBeMarkedAndNotRedone() throws Exception {
        // Given
        installer("3.12", "good").provide(null, cache, java);
        Files.delete(target.resolve(".complete"));

        // When
        installer("3.12", "good").provide(null, cache, java);

        // Then
        assertThat(target.resolve(".complete")).exists();
        assertThat(python.done()).containsExactly("venv", PIP_CALL);
    }

    @Test
    void markedInstallationThatLostItsPythonShouldBeRedone() throws Exception {
        // Given
        installer("3.12", "good").provide(null, cache, java);
        Files.delete(target.resolve("bin/python"));

        // When
        installer("3.12", "good").provide(null, cache, java);

        // Then
        assertThat(target.resolve("bin/python")).isExecutable();
        assertThat(python.done()).containsExactly("venv", PIP_CALL, "venv", PIP_CALL);
    }

    @Test
    void twoAtOnceShouldInstallOnce() throws Exception {
        // Given
        SparkInstaller first = installer("3.12", "good");
        SparkInstaller second = installer("3.12", "good");

        // When
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<SparkDistribution> one = threads.submit(() -> first.provide(null, cache, java));
            Future<SparkDistribution> other = threads.submit(() -> second.provide(null, cache, java));

            // Then
            assertThat(one.get(1, TimeUnit.MINUTES)).isEqualTo(other.get(1, TimeUnit.MINUTES));
        }
        assertThat(python.done()).containsExactly("venv", PIP_CALL);
        assertThat(progress).anyMatch(line -> line.startsWith("Another Gatehouse is installing"));
    }

    @Test
    void interruptedInstallationShouldStopPip() throws Exception {
        // Given
        SparkInstaller installer = installer("3.12", "good");
        Thread.currentThread().interrupt();

        // When, Then
        assertThatThrownBy(() -> installer.provide(null, cache, java)).isInstanceOf(InterruptedException.class);
        assertThat(opened.getFirst().running()).isEmpty();
        assertThat(target.resolve(".complete")).doesNotExist();
    }

    @Test
    void missingOrOldPythonShouldBeSaidPlainly() throws Exception {
        // Given
        Map<String, String> nothing = Map.of("PATH", folder.resolve("empty").toString());

        // When, Then
        assertThatThrownBy(() -> installer(nothing).provide(null, cache, java))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("Python 3.11 or newer: there is no python3 on the PATH")
                .hasMessageContaining("SPARK_HOME");

        // Given
        Map<String, String> old =
                Map.of("PATH", folder.resolve("bin").toString(), "FAKE_VERSION", "3.9", "FAKE_CALLS", "/dev/null");

        // When, Then
        assertThatThrownBy(() -> installer(old).provide(null, cache, java))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("found only 3.9 (" + folder.resolve("bin/python3") + ")");
    }

    @Test
    void sparkHomeShouldBeUsedAsItIsWithThePythonAroundIt() throws Exception {
        // Given
        installer("3.12", "good").provide(null, cache, java);
        Path home = target.resolve("lib/python3.12/site-packages/pyspark");

        // When
        SparkDistribution spark = installer("3.12", "fails").provide(home, folder.resolve("other"), java);

        // Then
        assertThat(spark).isEqualTo(new SparkDistribution(home, java, target.resolve("bin/python"), "4.3.0"));
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void sparkHomeOfATarballShouldTakeThePythonOfTheEnvironment() throws Exception {
        // Given
        Path home = folder.resolve("spark-3.5.9");
        Files.createFile(Files.createDirectories(home.resolve("jars")).resolve("spark-core_2.12-3.5.9.jar"));

        // When
        SparkDistribution spark = installer("3.9", "good").provide(home, cache, java);
        SparkDistribution chosen =
                installer(Map.of("PYSPARK_PYTHON", "/my/python")).provide(home, cache, java);

        // Then
        assertThat(spark.version()).isEqualTo("3.5.9");
        assertThat(spark.python()).isEqualTo(folder.resolve("bin/python3"));
        assertThat(chosen.python()).isEqualTo(Path.of("/my/python"));
    }

    @Test
    void sparkHomeWithoutSparkShouldBeRefused() {
        assertThatThrownBy(() -> installer("3.12", "good").provide(folder, cache, java))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("There is no Spark in " + folder);
    }

    private SparkInstaller installer(String version, String pip) throws IOException {
        return installer(python.environment(version, pip));
    }

    private SparkInstaller installer(Map<String, String> environment) throws IOException {
        ChildProcesses children = new ChildProcesses(environment, folder.resolve("logs"), Duration.ofSeconds(1));
        opened.add(children);
        return new SparkInstaller(children, environment, progress::add, Duration.ofMillis(200));
    }
}
