// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.JavaRuntime;
import io.gatehouse.session.local.JavaRuntimes;
import io.gatehouse.session.local.LocalSpark;
import io.gatehouse.session.local.SparkInstaller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The Spark of this machine, installed if need be, and what a test has started with it.
 *
 * @param folder the test's own
 */
record RealSpark(LocalSpark spark, ChildProcesses children, Path folder) implements AutoCloseable {
    static RealSpark in(Path folder) throws Exception {
        Map<String, String> environment = System.getenv();
        Path home = Path.of(System.getProperty("user.home"));
        Path cache = Path.of(environment.getOrDefault(
                "GATEHOUSE_CACHE", home.resolve(".cache/gatehouse").toString()));
        ChildProcesses children = new ChildProcesses(environment, folder.resolve("logs"), Duration.ofSeconds(20));
        JavaRuntime java = new JavaRuntimes(environment, home).forSpark(null);
        String sparkHome = environment.get("SPARK_HOME");
        return new RealSpark(
                LocalSpark.in(
                        new SparkInstaller(children, environment, System.out::println)
                                .provide(sparkHome == null ? null : Path.of(sparkHome), cache, java),
                        folder.resolve("scratch")),
                children,
                folder);
    }

    ChildProcess start(ChildCommand command) throws IOException {
        return children.start(command);
    }

    /** A Python file of the demo's, such as {@code running_app.py}. */
    Path script(String name) throws IOException {
        Path script = folder.resolve(name);
        if (!Files.exists(script)) {
            try (InputStream in = LocalSpark.class.getResourceAsStream(name)) {
                Files.copy(in, script);
            }
        }
        return script;
    }

    @Override
    public void close() {
        children.close();
    }
}
