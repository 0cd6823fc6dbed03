// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A shell script that plays python3 for {@link SparkInstallerTest}: it tells a version, makes a virtual environment,
 * and as pip puts the files there that make an installation complete. What it did is in a file.
 */
final class FakePython {

    private static final String SCRIPT = """
            #!/bin/bash
            # Variables: FAKE_VERSION, FAKE_PIP (good, fails, half), FAKE_CALLS
            site=$(dirname "$0")/../lib/python3.12/site-packages
            record() {
              mkdir -p "$site/$1.dist-info"
              touch "$site/$1.dist-info/RECORD"
            }
            case "$1 $2" in
              "-c "*) echo "$FAKE_VERSION" ;;
              "-m venv")
                echo venv >> "$FAKE_CALLS"
                mkdir -p "$3/bin" "$3/lib/python3.12/site-packages"
                touch "$3/pyvenv.cfg"
                cp "$0" "$3/bin/python" ;;
              "-m pip")
                echo "pip ${*: -1}" >> "$FAKE_CALLS"
                version=${*: -1}
                version=${version##*==}
                sleep 0.7
                mkdir -p "$site/pyspark/jars"
                touch "$site/pyspark/jars/spark-core_2.13-$version.jar" "$TMPDIR/download"
                [ "$FAKE_PIP" = half ] && exit 0
                [ "$FAKE_PIP" = fails ] && { echo "ERROR: No matching distribution found"; exit 1; }
                for package in py4j-0.1 numpy-2.4 pandas-3.1 pyarrow-26.0 grpcio-1.8 grpcio_status-1.8 zstandard-0.2; do
                  record "$package"
                done
                record "pyspark-$version" ;;
            esac
            """;

    private final Path folder;

    /** Writes the script as {@code bin/python3} below the folder. */
    FakePython(Path folder) throws IOException {
        this.folder = folder;
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("python3");
        Files.writeString(program, SCRIPT);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    /** An environment in which this Python is the first on the PATH. */
    Map<String, String> environment(String version, String pip) {
        return Map.of(
                "PATH",
                folder.resolve("bin") + ":/usr/bin:/bin",
                "FAKE_VERSION",
                version,
                "FAKE_PIP",
                pip,
                "FAKE_CALLS",
                calls().toString());
    }

    /** What it was run for, but for its version. */
    List<String> done() throws IOException {
        return Files.exists(calls()) ? Files.readAllLines(calls()) : List.of();
    }

    private Path calls() {
        return folder.resolve("calls");
    }
}
