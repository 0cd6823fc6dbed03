// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A PySpark application to run in local mode: the input of {@link LocalSpark#pythonApplication}.
 *
 * @param name of the child process; Spark's name for the application is the script's business
 * @param script the Python file
 * @param arguments for the script
 * @param uiPort on loopback; empty means no UI
 * @param eventLogs the folder for the event log; exists
 * @param configuration more {@code spark.*} settings
 */
public record PythonApplication(
        String name,
        Path script,
        List<String> arguments,
        OptionalInt uiPort,
        Path eventLogs,
        Map<String, String> configuration) {

    /** Copies the collections. */
    public PythonApplication {
        arguments = List.copyOf(arguments);
        configuration = Map.copyOf(configuration);
    }

    /** Where its UI answers, if it has one. */
    public Optional<URI> uri() {
        return uiPort.isPresent()
                ? Optional.of(URI.create("http://127.0.0.1:" + uiPort.getAsInt() + "/"))
                : Optional.empty();
    }
}
