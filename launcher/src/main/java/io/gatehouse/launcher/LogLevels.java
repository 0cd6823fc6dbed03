// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.gatehouse.launcher.config.LogLevel;
import io.gatehouse.launcher.config.LoggingConfig;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The levels of loggers while the server runs, for {@code /admin/log-level}. Any thread may call; a change holds from the next event on,
 * until the next reload that changes {@code logging} or the end of the process.
 */
public final class LogLevels {
    /** Netty tells at INFO of every frame that came late for its stream: many, after a client or we have reset one. */
    private static final Map<String, LogLevel> BY_DEFAULT = Map.of("io.netty.handler.codec.http2", LogLevel.WARN);

    /** The name under which the level of all other loggers is read and set. */
    public static final String ROOT = org.slf4j.Logger.ROOT_LOGGER_NAME;

    private final LoggerContext context;

    LogLevels(LoggerContext context) {
        this.context = context;
    }

    /** The levels that were set, by logger; {@link #ROOT} is always among them. */
    public synchronized Map<String, LogLevel> levels() {
        Map<String, LogLevel> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), LogLevel.valueOf(logger.getLevel().toString()));
            }
        }
        return levels;
    }

    /**
     * Sets one level.
     *
     * @param logger a logger's name or {@link #ROOT}
     * @param level null to inherit again, which the root cannot
     */
    public synchronized void set(String logger, @Nullable LogLevel level) {
        if (level == null && logger.toUpperCase(Locale.ROOT).equals(ROOT)) {
            throw new IllegalArgumentException("the root logger has nothing to inherit from");
        }
        context.getLogger(logger).setLevel(level == null ? null : Level.valueOf(level.name()));
    }

    /** Puts the configured levels into force and forgets all others. */
    public synchronized void reset(LoggingConfig config) {
        for (Logger logger : context.getLoggerList()) {
            if (!logger.getName().equals(ROOT) && !config.levels().containsKey(logger.getName())) {
                logger.setLevel(null);
            }
        }
        set(ROOT, config.level());
        // Not where more than usual is wanted, nor where less is.
        if (config.level() == LogLevel.INFO) {
            BY_DEFAULT.forEach(this::set);
        }
        config.levels().forEach(this::set);
    }
}
