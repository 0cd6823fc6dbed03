// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.JavaRuntime;
import io.gatehouse.session.local.JavaRuntimes;
import io.gatehouse.session.local.LocalSpark;
import io.gatehouse.session.local.PythonApplication;
import io.gatehouse.session.local.SparkInstaller;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Applications of a real Spark that run until the test ends, each with settings of its own. */
final class LocalApplications implements AutoCloseable {
    private final ChildProcesses children;
    private final LocalSpark spark;
    private final Path logs;
    private final Path script;

    /** {@code folder} is the test's own; installs Spark where there is none. */
    LocalApplications(Path folder) throws Exception {
        Map<String, String> environment = System.getenv();
        Path home = Path.of(System.getProperty("user.home"));
        Path cache = Path.of(environment.getOrDefault(
                "GATEHOUSE_CACHE", home.resolve(".cache/gatehouse").toString()));
        children = new ChildProcesses(environment, folder.resolve("logs"), Duration.ofSeconds(20));
        JavaRuntime java = new JavaRuntimes(environment, home).forSpark(null);
        String sparkHome = environment.get("SPARK_HOME");
        spark = LocalSpark.in(
                new SparkInstaller(children, environment, System.out::println)
                        .provide(sparkHome == null ? null : Path.of(sparkHome), cache, java),
                folder.resolve("scratch"));
        logs = Files.createDirectories(folder.resolve("event-logs"));
        script = folder.resolve("running_app.py");
        try (InputStream in = LocalSpark.class.getResourceAsStream("running_app.py")) {
            Files.copy(in, script);
        }
    }

    /** Starts one whose UI will listen on that port. */
    void start(String name, int port, Map<String, String> settings) throws Exception {
        children.start(spark.pythonApplication(
                new PythonApplication(name, script, List.of(), OptionalInt.of(port), logs, settings)));
    }

    @Override
    public void close() {
        children.close();
    }
}
