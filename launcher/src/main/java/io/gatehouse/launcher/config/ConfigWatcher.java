// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the configuration file, or another that it names, changed and calls a {@link Reloader}.
 *
 * <p>It compares a fingerprint (the real path and the bytes) every period instead of asking the file system for events: a Kubernetes
 * ConfigMap changes by a swap of the {@code ..data} symlink two directories away, editors replace the file by another, and neither
 * shows as an event on the file itself.
 *
 * <p>A change counts once two looks in a row saw the same fingerprint. So a file that is being written is not read half-way: a
 * truncated file is valid YAML and would stand for all defaults.
 */
public final class ConfigWatcher implements AutoCloseable {
    /** How often the file is looked at unless a test says otherwise. */
    public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);

    private final Path file;
    private final Reloader reloader;
    private final ScheduledFuture<?> polling;

    /** What the last look saw; only the executor's task touches these fields, one run at a time. */
    private @Nullable String lastSeen;

    /** What the last reload read; null before the first one, which finds what changed since the server loaded the file. */
    private @Nullable String lastLoaded;

    private boolean unreadableReported;

    /**
     * Starts to watch.
     *
     * @param file the file as given on the command line; symlinks are followed anew at each look
     * @param executor runs the looks and the reloads, which block; no event loop
     * @param period between two looks
     */
    public ConfigWatcher(Path file, Reloader reloader, ScheduledExecutorService executor, Duration period) {
        this.file = file;
        this.reloader = reloader;
        this.polling = executor.scheduleWithFixedDelay(
                this::poll, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One look. Nothing may escape: the executor would stop looking. */
    private void poll() {
        try {
            String seen = fingerprint();
            unreadableReported = false;
            boolean settled = seen.equals(lastSeen);
            lastSeen = seen;
            if (settled && !seen.equals(lastLoaded)) {
                lastLoaded = seen;
                reloader.reload();
            }
        } catch (IOException e) {
            reportUnreadable(e);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("Reloading the configuration failed; the old one stays in force.");
        }
    }

    /** A file may be away for a moment while it is replaced, so it is reported when the second look in a row misses it, and once. */
    private void reportUnreadable(IOException e) {
        if (lastSeen == null && !unreadableReported) {
            unreadableReported = true;
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.toString())
                    .log("A file of the configuration cannot be read; what is in force stays.");
        }
        lastSeen = null;
    }

    private String fingerprint() throws IOException {
        Path real = file.toRealPath();
        return real + " " + HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(real)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Stops looking; a reload that is running ends by itself. */
    @Override
    public void close() {
        polling.cancel(false);
    }
}
