// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The file that takes a child's output. It is appended to from start to start; one that has grown large is set aside
 * when the child starts again, so that there are never more than two, {@code name.log} and {@code name.log.1}.
 */
record ChildLog(Path file) {

    /** A file above this size, in bytes, is set aside at the next start. */
    static final long SET_ASIDE_AT = 8L << 20;

    /** No more than this is read to find the last lines. */
    private static final int TAIL_BYTES = 64 << 10;

    /** Called by {@link ChildProcesses} before the child starts: the folder is there and the file is not too large. */
    void prepare() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (Files.exists(file) && Files.size(file) > SET_ASIDE_AT) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The last lines, at most {@code count}, for an error message; empty when there is no output or no file. */
    List<String> lastLines(int count) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, in.length() - TAIL_BYTES);
            byte[] tail = new byte[(int) (in.length() - start)];
            in.seek(start);
            in.readFully(tail);
            List<String> lines =
                    new String(tail, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException e) {
            // The caller is telling of another failure already; a missing log must not replace it.
            return List.of();
        }
    }
}
