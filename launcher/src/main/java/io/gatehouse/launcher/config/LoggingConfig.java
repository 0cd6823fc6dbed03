// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The server's own log.
 *
 * @param levels in the order of the file
 */
public record LoggingConfig(
        @JsonPropertyDescription("Least level that is written: trace, debug, info, warn, error or off.")
        LogLevel level,

        @JsonPropertyDescription("json (one object per line) or text (for people).")
        LogFormat format,

        @JsonPropertyDescription("Levels of single loggers, by name.") @Example("io.gatehouse.proxy: debug")
        Map<String, LogLevel> levels) {

    public LoggingConfig {
        level = Checks.or(level, LogLevel.INFO);
        format = Checks.or(format, LogFormat.JSON);
        levels = Collections.unmodifiableMap(new LinkedHashMap<>(Checks.or(levels, Map.of())));
        new Checks()
                .that(
                        levels.keySet().stream().noneMatch(String::isBlank),
                        "levels",
                        "a logger has no name",
                        "write the name of a logger before the colon")
                .done();
    }
}
