// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.gatehouse.proxy.testkit.TestPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives the methods of a test class a {@link Cluster}, the same for all classes of a JVM, and a {@link TestNamespace} of the class's
 * own. JUnit closes both with the stores that hold them: the namespace after the class, the cluster after all.
 */
final class ClusterExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);
    private static final Path LOGS = Path.of("target", "cluster-logs", Integer.toString(TestPorts.jvm()));

    /** The cluster, and the folder that it leaves behind. */
    private record Shared(Cluster cluster, Path folder) implements AutoCloseable {
        static Shared start() {
            try {
                Path folder = Files.createTempDirectory("gatehouse-cluster");
                return new Shared(Cluster.start(folder, LOGS.toAbsolutePath()), folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            List<Path> files;
            try (Stream<Path> all = Files.walk(folder)) {
                files = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        if (test.getEnclosingClass() != null) {
            // Its methods find what the outermost class has.
            return;
        }
        if (!test.getSimpleName().endsWith("CT")) {
            throw new IllegalStateException(test + " is of the cluster tier, so its name must end in CT");
        }
        context.getStore(NAMESPACE)
                .put(
                        TestNamespace.class,
                        cluster(context).namespace(test.getSimpleName().toLowerCase(Locale.ROOT)));
    }

    /** A class that fails may leave the API server stopped or paused. */
    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        cluster(context).heal();
    }

    private static Cluster cluster(ExtensionContext context) {
        // Not the root's store: where the build has several JVMs, each class is a run of tests by itself.
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(Shared.class, key -> Shared.start(), Shared.class)
                .cluster();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Cluster.class || type == TestNamespace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class
                ? cluster(context)
                : context.getStore(NAMESPACE).get(TestNamespace.class);
    }
}
