// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of admin calls, from {@code management.tokenFile}. Read at the start and on every reload, so that a rotated one counts
 * without a restart; in between it is in memory, because whoever asks for it is an event loop.
 */
public final class AdminToken {
    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);
    private static final int LEAST_LENGTH = 16;

    private final @Nullable Path file;
    private volatile Optional<String> inForce;

    /**
     * Reads it for the first time.
     *
     * @param file null when none is configured
     * @throws ConfigException when the file cannot be read or holds no token
     */
    public AdminToken(@Nullable Path file) {
        this.file = file;
        this.inForce = read(file);
    }

    /** The token in force; empty when none is configured. */
    public Optional<String> get() {
        return inForce;
    }

    /**
     * Reads the file again; blocks on it.
     *
     * @throws ConfigException when it cannot be read or holds no token; the old one stays in force then
     */
    public synchronized void readAgain() {
        Optional<String> read = read(file);
        if (!read.equals(inForce)) {
            inForce = read;
            LOG.atInfo().addKeyValue("file", file).log("The token of admin calls has changed.");
        }
    }

    private static Optional<String> read(@Nullable Path file) {
        if (file == null) {
            return Optional.empty();
        }
        try {
            String token = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (token.length() >= LEAST_LENGTH) {
                return Optional.of(token);
            }
            throw invalid(file, "the file holds no token of at least " + LEAST_LENGTH + " characters");
        } catch (IOException e) {
            throw invalid(file, "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static ConfigException invalid(Path file, String what) {
        return ConfigException.of(List.of(new ConfigProblem(
                Origin.file(file.toString()),
                "management.tokenFile",
                what,
                "write a token into it, and nothing else")));
    }
}
