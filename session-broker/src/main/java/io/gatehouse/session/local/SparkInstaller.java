// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Provides the Spark that local processes run: the user's own, or one installed once from PyPI, whose package holds
 * the whole distribution. Called by the launcher, which shows the progress lines to the user.
 *
 * <p>An installation is a virtual environment, which cannot be moved once made. So it is made in place, under a lock,
 * and a marker file is written last; one without the marker is looked at, and finished or removed.
 */
public final class SparkInstaller {

    private static final int PYTHON_MAJOR = 3;
    private static final int PYTHON_MINOR = 11;
    private static final int LINES_IN_ERROR = 15;

    private final ChildProcesses children;
    private final Map<String, String> environment;
    private final Consumer<String> progress;
    private final Duration reportEvery;

    /**
     * Prepares; installs nothing yet.
     *
     * @param children runs Python, so that an installation does not outlive Gatehouse
     * @param environment for PATH, and PYSPARK_PYTHON with a Spark of the user's own
     * @param progress gets a line at a time, on the thread that calls {@link #provide}
     */
    public SparkInstaller(ChildProcesses children, Map<String, String> environment, Consumer<String> progress) {
        this(children, environment, progress, Duration.ofSeconds(5));
    }

    /** For tests: {@code reportEvery} is the pause between two progress lines. */
    SparkInstaller(
            ChildProcesses children, Map<String, String> environment, Consumer<String> progress, Duration reportEvery) {
        this.children = children;
        this.environment = Map.copyOf(environment);
        this.progress = progress;
        this.reportEvery = reportEvery;
    }

    /**
     * Finds Spark, and installs it if need be; that takes minutes, so not on an event loop.
     *
     * @param sparkHome the user's own Spark, and then nothing is installed; null for Gatehouse's
     * @param cache the folder under which Gatehouse's Spark lies or will lie
     * @param java what Spark is to run on
     * @throws SparkSetupException when there is no Spark in {@code sparkHome}, or none can be installed
     * @throws InterruptedException when interrupted; a half installation is then stopped, and redone at the next call
     */
    public SparkDistribution provide(@Nullable Path sparkHome, Path cache, JavaRuntime java)
            throws SparkSetupException, IOException, InterruptedException {
        if (sparkHome != null) {
            return SparkDistribution.at(sparkHome, java, pythonFor(sparkHome));
        }
        return provideOwn(SparkRelease.CURRENT, cache, java);
    }

    /** The same for a release of Gatehouse's own: finds it in the cache, and installs it there if need be. */
    public SparkDistribution provideOwn(SparkRelease release, Path cache, JavaRuntime java)
            throws SparkSetupException, IOException, InterruptedException {
        String name = "pyspark-" + release.version();
        VirtualEnvironment target = new VirtualEnvironment(cache.resolve(name).toAbsolutePath(), release);
        if (!target.isMarkedComplete()) {
            Files.createDirectories(cache);
            Path lock = cache.resolve(name + ".lock");
            Runnable whenTaken = () -> progress.accept("Another Gatehouse is installing Spark " + release.version()
                    + " into " + target.folder() + ", waiting for it");
            InstallLock.whileHeld(lock, whenTaken, () -> complete(target));
        }
        return SparkDistribution.at(target.sparkHome().orElseThrow(), java, target.python());
    }

    /** Under the lock: another may have done the work meanwhile, or only the marker may be missing. */
    private void complete(VirtualEnvironment target) throws SparkSetupException, IOException, InterruptedException {
        if (target.isMarkedComplete()) {
            return;
        }
        if (!target.isUsable()) {
            if (Files.exists(target.folder())) {
                progress.accept("Removing an unfinished installation in " + target.folder());
                target.delete();
            }
            install(target);
        }
        target.markComplete();
    }

    private void install(VirtualEnvironment target) throws SparkSetupException, IOException, InterruptedException {
        SparkRelease release = target.release();
        String version = release.version();
        Python python = pythonForInstallation(version);
        progress.accept("Installing Spark " + version + " from PyPI, once: " + release.requirement() + " into "
                + target.folder() + " (" + release.cost() + ")");
        Files.createDirectories(target.temporary());
        // What pip downloads and unpacks lies within the folder too, so that its size tells how far it is.
        Map<String, String> extra = Map.of("TMPDIR", target.temporary().toString());
        run(
                new ChildCommand(
                        "spark-install-venv",
                        List.of(
                                python.program().toString(),
                                "-m",
                                "venv",
                                target.folder().toString()),
                        extra,
                        target.temporary()),
                target,
                "The virtual environment could not be made. On Debian and Ubuntu it needs 'apt-get install"
                        + " python3-venv'");
        run(
                new ChildCommand(
                        "spark-install-pip",
                        List.of(
                                target.python().toString(),
                                "-m",
                                "pip",
                                "install",
                                "--disable-pip-version-check",
                                "--no-input",
                                "--progress-bar=off",
                                release.requirement()),
                        extra,
                        target.temporary()),
                target,
                "pip could not install " + release.requirement());
        target.deleteTemporary();
        if (!target.isUsable()) {
            throw new SparkSetupException("pip succeeded, but there is no complete Spark " + version + " in "
                    + target.folder() + ". Remove that folder and try again, or set SPARK_HOME.");
        }
        progress.accept("Spark " + version + " is installed");
    }

    /** Waits for one step, with a line of progress every few seconds. */
    private void run(ChildCommand command, VirtualEnvironment target, String failure)
            throws SparkSetupException, IOException, InterruptedException {
        ChildProcess step = children.start(command);
        CompletableFuture<Integer> exit = step.onExit();
        try {
            InstallProgress.await(exit, target, reportEvery, progress);
        } finally {
            // However the wait ended: until it is gone, since the lock is freed next.
            step.stop().join();
        }
        int code = exit.join();
        if (code != 0) {
            throw new SparkSetupException(
                    failure + " (exit code " + code + "). The last lines of " + step.log() + ":\n  "
                            + String.join("\n  ", step.lastLogLines(LINES_IN_ERROR))
                            + "\nA Spark that is already on this machine can be used with SPARK_HOME.");
        }
    }

    private Python pythonForInstallation(String version) throws SparkSetupException, IOException, InterruptedException {
        List<Python> found = Python.onPath(environment);
        for (Python python : found) {
            if (python.atLeast(PYTHON_MAJOR, PYTHON_MINOR)) {
                return python;
            }
        }
        String seen = found.isEmpty()
                ? "there is no python3 on the PATH"
                : "found only "
                        + found.stream()
                                .map(python -> python.major() + "." + python.minor() + " (" + python.program() + ")")
                                .collect(Collectors.joining(", "));
        throw new SparkSetupException("To install Spark " + version + ", Gatehouse needs Python " + PYTHON_MAJOR + "."
                + PYTHON_MINOR + " or newer: " + seen
                + ". Install it, or set SPARK_HOME to a Spark that is already on this machine.");
    }

    /** For a Spark of the user's own: what PYSPARK_PYTHON says, the environment it lies in, or what is on the PATH. */
    private @Nullable Path pythonFor(Path sparkHome) throws IOException, InterruptedException {
        SearchPath path = SearchPath.of(environment);
        String chosen = environment.getOrDefault("PYSPARK_PYTHON", "");
        if (!chosen.isBlank()) {
            return chosen.contains("/") ? Path.of(chosen) : path.find(chosen).orElse(null);
        }
        Path surrounding = VirtualEnvironment.pythonAround(sparkHome);
        if (surrounding != null) {
            return surrounding;
        }
        List<Python> found = Python.onPath(environment);
        return found.isEmpty() ? null : found.getFirst().program();
    }
}
