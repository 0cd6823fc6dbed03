// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.gatehouse.it.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The folder with the programs of the control plane, and dex, as {@code scripts/cluster-binaries} knows it. */
public record ClusterBinaries(Path folder) {
    private static final String SCRIPT = "scripts/cluster-binaries";

    /** Finds it; builds nothing, since that takes minutes, but says how to. */
    public static ClusterBinaries find() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Repository.root().resolve(SCRIPT).toString(), "--find").start();
        // Both are a line or two, so neither pipe fills while the other is read.
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("the cluster tier cannot run: " + err);
        }
        return new ClusterBinaries(Path.of(out.strip()));
    }

    /** One of its programs. */
    public String path(String program) {
        return folder.resolve(program).toString();
    }
}
