// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.util.Set;

/**
 * A Spark that {@link SparkInstaller} can install from PyPI. Several lie side by side in one cache.
 *
 * @param version of the package {@code pyspark}
 * @param requirement what pip is asked for
 * @param needs packages without which an installation is not whole, by the names of their {@code dist-info} folders
 * @param cost what it takes, for whoever waits for it
 */
public record SparkRelease(String version, String requirement, Set<String> needs, String cost) {

    /** The one that is installed when the user brings none. pip may install what its Connect client needs after PySpark. */
    public static final SparkRelease CURRENT = new SparkRelease(
            "4.3.0",
            "pyspark[connect]==4.3.0",
            Set.of("py4j", "numpy", "pandas", "pyarrow", "grpcio", "grpcio_status", "zstandard"),
            "downloads about 456 MB, takes about 900 MB on disk");

    /** The line before 4, without its Connect client. Runs on Java 17 and not on 25. */
    public static final SparkRelease PREVIOUS = new SparkRelease(
            "3.5.9", "pyspark==3.5.9", Set.of("py4j"), "downloads about 318 MB, takes about 350 MB on disk");

    /** Copies the set. */
    public SparkRelease {
        needs = Set.copyOf(needs);
    }

    /** Major and minor number: {@code 4.3}. */
    public String line() {
        return version.substring(0, version.lastIndexOf('.'));
    }
}
