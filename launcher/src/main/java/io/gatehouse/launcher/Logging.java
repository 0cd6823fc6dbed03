// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.gatehouse.launcher.config.LogFormat;
import io.gatehouse.launcher.config.LoggingConfig;
import java.io.OutputStream;

/**
 * Sets up logback from code: one appender on standard output, JSON or text. {@link Main} makes the one instance; the command line calls
 * {@link #apply} with the loaded configuration before the server starts, and a reload calls it again.
 */
public final class Logging {
    private static final String APPENDER = "stdout";
    /** {@code %kvp} prints the key-values of an event, {@code %ex} its stack trace. */
    private static final String TEXT_PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{24} - %msg %kvp%n%ex";

    private final LoggerContext context;
    private final OutputStream out;
    private final LogLevels levels;

    /**
     * Takes over a logback context: whatever was configured there is dropped.
     *
     * @param out where lines go; never closed by this class
     */
    public Logging(LoggerContext context, OutputStream out) {
        this.context = context;
        this.out = out;
        this.levels = new LogLevels(context);
        context.reset();
    }

    /** Puts format and levels into force, also while other threads log. Levels set through {@link #levels} since are forgotten. */
    public synchronized void apply(LoggingConfig config) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        // The old appender goes last: an event in between is written twice rather than lost.
        var old = root.getAppender(APPENDER);
        var appender = appender(config.format());
        root.addAppender(appender);
        if (old != null) {
            root.detachAppender(old);
            old.stop();
        }
        levels.reset(config);
    }

    /** The levels, for the admin call that changes them. */
    public LogLevels levels() {
        return levels;
    }

    private OutputStreamAppender<ILoggingEvent> appender(LogFormat format) {
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setName(APPENDER);
        appender.setEncoder(format == LogFormat.JSON ? json() : text());
        appender.setOutputStream(new UnclosedOutput(out));
        appender.start();
        return appender;
    }

    private Encoder<ILoggingEvent> json() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMDC(false);
        encoder.setWithMarkers(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }

    private Encoder<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(TEXT_PATTERN);
        encoder.start();
        return encoder;
    }
}
