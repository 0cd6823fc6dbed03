// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that {@link SparkInstaller} installs into, and what tells a whole installation from half a one.
 *
 * @param folder absolute; all of it is Gatehouse's
 * @param release what belongs into it
 */
record VirtualEnvironment(Path folder, SparkRelease release) {

    private static final Pattern DIST_INFO = Pattern.compile("(.+)-[^-]+\\.dist-info");

    /** Its interpreter. */
    Path python() {
        return folder.resolve("bin").resolve("python");
    }

    /** Where pip downloads and unpacks to. */
    Path temporary() {
        return folder.resolve(".tmp");
    }

    /** The distribution within, when it is there. */
    Optional<Path> sparkHome() {
        return sitePackages().map(packages -> packages.resolve("pyspark"));
    }

    /** Whether all parts are there: the interpreter, Spark, and the packages that it needs. */
    boolean isUsable() {
        return Files.isExecutable(python())
                && sitePackages()
                        .filter(packages -> installed(packages).containsAll(release.needs()))
                        .filter(packages -> Files.isRegularFile(
                                packages.resolve("pyspark-" + release.version() + ".dist-info/RECORD")))
                        .map(packages -> packages.resolve("pyspark"))
                        .flatMap(SparkDistribution::version)
                        .filter(release.version()::equals)
                        .isPresent();
    }

    /** Whether an installation ended well here, and nobody took its parts away since. */
    boolean isMarkedComplete() {
        return Files.isRegularFile(marker()) && isUsable();
    }

    /** Called last. */
    void markComplete() throws IOException {
        Files.writeString(marker(), release.version() + "\n");
    }

    /** The bytes of all files, as far as they stay where they are while it counts. */
    long size() throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }

    /** Removes all of it. */
    void delete() throws IOException {
        // First, so that whoever looks meanwhile does not take the rest for whole.
        Files.deleteIfExists(marker());
        deleteTree(folder);
    }

    /** Removes what pip left in {@link #temporary()}. */
    void deleteTemporary() throws IOException {
        deleteTree(temporary());
    }

    /** The interpreter of the environment that a PySpark package lies in, or null when it lies in none. */
    static @Nullable Path pythonAround(Path sparkHome) {
        // <environment>/lib/python3.x/site-packages/pyspark
        Path above = sparkHome.toAbsolutePath().normalize();
        for (int level = 0; level < 4; level++) {
            above = above.getParent();
            if (above == null) {
                return null;
            }
        }
        Path python = above.resolve("bin").resolve("python");
        return Files.isRegularFile(above.resolve("pyvenv.cfg")) && Files.isExecutable(python) ? python : null;
    }

    private Path marker() {
        return folder.resolve(".complete");
    }

    private Optional<Path> sitePackages() {
        try (Stream<Path> versions = Files.list(folder.resolve("lib"))) {
            return versions.map(version -> version.resolve("site-packages"))
                    .filter(packages -> Files.isDirectory(packages.resolve("pyspark")))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The names of the packages that pip finished: it writes a package's RECORD last. */
    private static Set<String> installed(Path packages) {
        try (Stream<Path> entries = Files.list(packages)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve("RECORD")))
                    .map(entry -> DIST_INFO.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> name.group(1))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
