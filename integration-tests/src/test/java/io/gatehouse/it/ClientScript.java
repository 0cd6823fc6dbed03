// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A script in Python that does what users of PySpark do; each of its functions is a scenario, which prints "ok" as its last line. */
record ClientScript(Path file) {

    /** A resource beside this class, copied into the test's folder. */
    static ClientScript in(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(ClientScript.class.getResourceAsStream(name), name)) {
            Files.copy(in, file);
        }
        return new ClientScript(file);
    }

    /** Starts a scenario with what follows its name. */
    ClientRun run(Path python, String... arguments) throws IOException {
        return run(python, null, arguments);
    }

    /** {@code caFile}: whom the client trusts over TLS; null for nobody. */
    ClientRun run(Path python, @Nullable Path caFile, String... arguments) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        List<String> command = new ArrayList<>(List.of(python.toString(), "-W", "ignore", "-u", file.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, arguments[0] + "-", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        if (caFile != null) {
            builder.environment().put("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", caFile.toString());
        }
        return new ClientRun(builder.start(), output);
    }
}
