// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program {@code helm} as the admin of a cluster, run in the root of the repository.
 *
 * @param folder takes what helm keeps; nothing of the user's is read
 */
record Helm(String program, Path kubeconfig, Path folder) {
    /** The chart, relative to the root. */
    static final String CHART = "charts/gatehouse";

    /** The value without which it cannot be installed. */
    static final String IMAGE = "image.repository=registry.example.com/gatehouse";

    /** {@link #valuesFiles}, for a {@code MethodSource}. */
    static final String VALUES = "io.gatehouse.it.cluster.Helm#valuesFiles";

    /** What it did; {@code err} holds its warnings too. */
    record Result(int code, String out, String err) {}

    static Helm of(Cluster cluster, Path folder) throws IOException, InterruptedException {
        return new Helm(ClusterBinaries.find().path("helm"), cluster.adminKubeconfig(), folder);
    }

    /** The chart's folder. */
    static Path chart() {
        return Repository.root().resolve(CHART);
    }

    /** The values with which the chart is checked, one file for each kind of user. */
    static List<Path> valuesFiles() throws IOException {
        try (Stream<Path> files = Files.list(chart().resolve("ci"))) {
            return files.sorted().toList();
        }
    }

    /** Runs it, and takes any end. */
    Result tryRun(List<String> arguments) {
        Path err = folder.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Stream.of(program), arguments.stream()).toList())
                .directory(Repository.root().toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HELM_"));
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        for (String kind : List.of("CACHE", "CONFIG", "DATA")) {
            builder.environment().put("HELM_" + kind + "_HOME", folder.toString());
        }
        try {
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out, Files.readString(err));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs it, and returns what it says where it is content. */
    String run(String... arguments) {
        Result result = tryRun(List.of(arguments));
        assertThat(result.code())
                .as("helm %s: %s%s", String.join(" ", arguments), result.out(), result.err())
                .isZero();
        return result.out();
    }

    /** Installs the chart, and returns its notes. */
    String install(String release, String namespace, String... values) {
        return runWith(values, "install", release, CHART, "--namespace", namespace);
    }

    /** Changes values of a release, and keeps the others. */
    void upgrade(String release, String namespace, String... values) {
        runWith(values, "upgrade", release, CHART, "--namespace", namespace, "--reuse-values");
    }

    void uninstall(String release, String namespace) {
        run("uninstall", release, "--namespace", namespace);
    }

    /** What the chart comes to as release {@code door}. */
    Manifests template(String namespace, String... values) {
        return Manifests.of(runWith(values, "template", "door", CHART, "--namespace", namespace));
    }

    private String runWith(String[] values, String... command) {
        return run(Stream.of(command, values).flatMap(Stream::of).toArray(String[]::new));
    }
}
