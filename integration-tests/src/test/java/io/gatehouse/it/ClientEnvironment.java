// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The virtual environment of a {@link ConnectClient}: a quarter of a minute and 300 MB, once, in the folder in which Spark is kept.
 *
 * @param folder absolute; all of it belongs to this
 */
record ClientEnvironment(Path folder, List<String> requirements) {
    private static final int LOG_LINES = 30;

    static ClientEnvironment of(ConnectClient client, Path cache) {
        String name = "connect-client-" + client.version();
        return new ClientEnvironment(cache.resolve(name).toAbsolutePath(), client.requirements());
    }

    /**
     * Makes it if it is not there, or is another than is wanted now.
     *
     * @param base whose Python it gets
     * @param packages a folder of packages that are there already, and need not be installed again; null for none
     * @return its Python
     */
    Path provide(ChildProcesses children, Path base, @Nullable Path packages) throws IOException {
        Files.createDirectories(folder);
        // Beside it: the folder may have to go.
        Path lock = folder.resolveSibling(folder.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            String whole = requirements + " " + packages;
            Path marker = folder.resolve(".complete");
            if (!Files.exists(marker) || !Files.readString(marker).equals(whole)) {
                make(children, base, packages);
                Files.writeString(marker, whole);
            }
        }
        return python();
    }

    private Path python() {
        return folder.resolve("bin").resolve("python");
    }

    private void make(ChildProcesses children, Path base, @Nullable Path packages) throws IOException {
        run(children, List.of(base.toString(), "-m", "venv", "--clear", folder.toString()));
        List<String> pip = new ArrayList<>(List.of(python().toString(), "-m", "pip", "install", "--no-input"));
        pip.addAll(List.of("--disable-pip-version-check", "--progress-bar=off"));
        pip.addAll(requirements);
        run(children, pip);
        if (packages != null) {
            // Behind its own packages, which come first.
            String line = "import site, sys; open(site.getsitepackages()[0] + '/spark.pth', 'w').write(sys.argv[1])";
            run(children, List.of(python().toString(), "-c", line, packages.toString()));
        }
    }

    private void run(ChildProcesses children, List<String> command) throws IOException {
        ChildProcess step =
                children.start(new ChildCommand(folder.getFileName().toString(), command, Map.of(), folder));
        int code = step.onExit().join();
        if (code != 0) {
            throw new AssertionError(
                    command + " has ended with " + code + ":\n" + String.join("\n", step.lastLogLines(LOG_LINES)));
        }
    }
}
