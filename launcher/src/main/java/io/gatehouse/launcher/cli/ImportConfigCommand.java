// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.config.ConfigImport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse import-config}: from the configuration of what Gatehouse takes the place of to one of its own. */
@Command(
        name = "import-config",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Make a configuration from that of another product.",
            "It is printed, with comments that say what became of each of the other's keys."
        })
final class ImportConfigCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "The other product's file. Of spark-web-proxy: config.yaml, the ConfigMap that holds it, or the"
                            + " values of its Helm chart.")
    private Path file = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "PRODUCT",
            defaultValue = "spark-web-proxy",
            description = "Whose it is: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} without it.")
    private ConfigImport.Product product;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write it there rather than to standard output; a file that exists is not touched.")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        String yaml = ConfigImport.convert(product, file);
        if (output == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(yaml);
            out.flush();
            return ExitCodes.OK;
        }
        try {
            Files.writeString(output, yaml, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(output + " exists already; remove it, or write to another file", e);
        }
        return ExitCodes.OK;
    }
}
