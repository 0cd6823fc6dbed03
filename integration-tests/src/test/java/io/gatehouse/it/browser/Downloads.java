// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** What a page makes the browser save; used by {@link Page#download}. */
final class Downloads {
    private static final Duration POLL = Duration.ofMillis(50);

    private Downloads() {}

    /** The text of the one file that is saved into a folder, once it is there as a whole. */
    static String await(Path folder, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<Path> file = complete(folder);
            if (file.isPresent()) {
                try {
                    return Files.readString(file.get());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            Pause.of(POLL);
        }
        throw new IllegalStateException("nothing was saved in " + folder + " within " + timeout);
    }

    /** Chromium gives a file its name when all of it is there; before, it is a hidden one or one with an ending of its own. */
    private static Optional<Path> complete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return !name.startsWith(".") && !name.endsWith(".crdownload");
                    })
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
