// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Spark on this machine, and what to run it with. Made by {@link SparkInstaller}, used by {@link LocalSpark}.
 *
 * @param home what would be its SPARK_HOME: has {@code jars} and {@code bin}
 * @param java runs its server programs
 * @param python runs Python applications; null when there is none, and then there can be no Python application
 * @param version Spark's version, as the name of its core jar says
 */
public record SparkDistribution(
        Path home, JavaRuntime java, @Nullable Path python, String version) {

    private static final Pattern CORE_JAR = Pattern.compile("spark-core_\\d+\\.\\d+-(.+)\\.jar");
    private static final Pattern CONNECT_JAR = Pattern.compile("spark-connect_\\d+\\.\\d+-.+\\.jar");

    /**
     * Looks at a folder that is said to hold Spark.
     *
     * @throws SparkSetupException when it does not
     */
    static SparkDistribution at(Path home, JavaRuntime java, @Nullable Path python) throws SparkSetupException {
        String version = version(home)
                .orElseThrow(() -> new SparkSetupException("There is no Spark in " + home
                        + ": it has no jars/spark-core_*.jar. Point SPARK_HOME at the folder that holds 'jars' and"
                        + " 'bin', or leave it unset and Gatehouse installs Spark " + SparkRelease.CURRENT.version()
                        + "."));
        return new SparkDistribution(home, java, python, version);
    }

    /**
     * Whether there is a Spark Connect server in it that can be told to stay on loopback: that of 3.5 listens on all addresses,
     * whatever its settings say.
     */
    public boolean hasConnect() {
        return !version.startsWith("3.") && jar(home, CONNECT_JAR).isPresent();
    }

    /** The version of the Spark in a folder, if there is one. */
    static Optional<String> version(Path home) {
        return jar(home, CORE_JAR).map(name -> name.group(1));
    }

    private static Optional<Matcher> jar(Path home, Pattern name) {
        try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
            return jars.map(jar -> name.matcher(jar.getFileName().toString()))
                    .filter(Matcher::matches)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
