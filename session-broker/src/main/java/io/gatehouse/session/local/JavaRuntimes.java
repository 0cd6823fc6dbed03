// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a Java for Spark on this machine, since Spark wants an older one than Gatehouse. Used once, at the start of
 * the demo and of local pools.
 */
public final class JavaRuntimes {

    /** Spark 4 does not start below this. */
    private static final int OLDEST = 17;

    /** The releases that Spark is tested on come first, then the newest that it was seen to run on. */
    private static final List<Integer> PREFERRED = List.of(17, 21, 25);

    private final Map<String, String> environment;
    private final Path root;
    private final Path userHome;

    /**
     * Prepares a search.
     *
     * @param environment for JAVA_HOME and PATH
     * @param userHome for what SDKMAN and macOS install per user
     */
    public JavaRuntimes(Map<String, String> environment, Path userHome) {
        this(environment, userHome, Path.of("/"));
    }

    /** For tests: {@code root} stands for the root of the file system. */
    JavaRuntimes(Map<String, String> environment, Path userHome, Path root) {
        this.environment = Map.copyOf(environment);
        this.userHome = userHome;
        this.root = root;
    }

    /**
     * The best Java for Spark: 17, else 21, else 25, else the oldest above 17. Of two that are equal, the one that the
     * environment names wins.
     *
     * @param explicit what the user chose, and then nothing else is considered
     * @throws SparkSetupException when there is none; the message says what was found and what to install
     */
    public JavaRuntime forSpark(@Nullable Path explicit) throws SparkSetupException {
        if (explicit != null) {
            return chosen(explicit);
        }
        List<JavaRuntime> found = all();
        // min() keeps the first of equals, and the environment's come first.
        Optional<JavaRuntime> best = found.stream()
                .filter(java -> java.feature() >= OLDEST)
                .min(Comparator.comparingInt((JavaRuntime java) -> rank(java.feature()))
                        .thenComparingInt(JavaRuntime::feature));
        if (best.isPresent()) {
            return best.get();
        }
        String seen = found.isEmpty()
                ? "none was found in JAVA_HOME, on the PATH or in the usual folders"
                : "found only "
                        + found.stream()
                                .map(java -> "Java " + java.feature() + " in " + java.home())
                                .collect(Collectors.joining(", "));
        throw new SparkSetupException("Spark needs Java 17 or 21: " + seen
                + ". Install one, for instance with 'apt-get install openjdk-17-jre-headless',"
                + " 'brew install openjdk@17' or 'sdk install java 17-tem',"
                + " or name the folder of one that lies elsewhere.");
    }

    /** All installations that were found, each once, those that the environment names first. */
    public List<JavaRuntime> all() {
        Map<Path, JavaRuntime> found = new LinkedHashMap<>();
        candidates().forEach(home -> JavaRuntime.at(home).ifPresent(java -> found.putIfAbsent(real(home), java)));
        return List.copyOf(found.values());
    }

    private static JavaRuntime chosen(Path home) throws SparkSetupException {
        JavaRuntime java = JavaRuntime.at(home)
                .orElseThrow(() -> new SparkSetupException("There is no Java installation in " + home
                        + ": it must hold bin/java and a file named release."));
        if (java.feature() < OLDEST) {
            throw new SparkSetupException("The Java in " + home + " is release " + java.feature()
                    + ", and Spark needs 17 or newer (17 and 21 are best).");
        }
        return java;
    }

    private static int rank(int feature) {
        int index = PREFERRED.indexOf(feature);
        return index >= 0 ? index : PREFERRED.size();
    }

    private Stream<Path> candidates() {
        List<Path> homes = new ArrayList<>();
        SearchPath.absolute(environment.getOrDefault("JAVA_HOME", "")).ifPresent(homes::add);
        for (Path folder : SearchPath.of(environment).folders()) {
            // /usr/bin/java is a link to a link to <home>/bin/java.
            Path bin = real(folder.resolve("java")).getParent();
            if (bin != null && bin.getParent() != null) {
                homes.add(Objects.requireNonNull(bin.getParent()));
            }
        }
        homes.addAll(children(root.resolve("usr/lib/jvm"), ""));
        homes.addAll(children(root.resolve("Library/Java/JavaVirtualMachines"), "Contents/Home"));
        homes.addAll(children(userHome.resolve("Library/Java/JavaVirtualMachines"), "Contents/Home"));
        homes.addAll(children(root.resolve("opt/homebrew/opt"), "libexec/openjdk.jdk/Contents/Home"));
        homes.addAll(children(userHome.resolve(".sdkman/candidates/java"), ""));
        homes.addAll(children(userHome.resolve(".jdks"), ""));
        homes.addAll(children(root.resolve("opt"), ""));
        return homes.stream();
    }

    private static List<Path> children(Path folder, String below) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().map(entry -> entry.resolve(below)).toList();
        } catch (IOException e) {
            // Not there on this system, or not ours to read: nothing to find.
            return List.of();
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }
}
