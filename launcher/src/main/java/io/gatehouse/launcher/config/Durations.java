// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and prints durations as they stand in the configuration: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
final class Durations {
    static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern BARE = Pattern.compile("\\d+");
    private static final Duration LARGEST_IN_SECONDS = Duration.ofMinutes(10);

    private Durations() {}

    /**
     * Reads one number with one unit.
     *
     * @throws InvalidValueException when the text has another form
     */
    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
        }
        if (BARE.matcher(text).matches()) {
            throw new InvalidValueException(
                    "'" + text + "' has no unit",
                    "write a duration with its unit, such as " + text + "s or " + text + "ms");
        }
        throw new InvalidValueException(
                "'" + text + "' is not a duration", "write a whole number with ms, s, m or h, such as 30s");
    }

    /** The form that {@link #parse} reads; up to ten minutes in seconds, as people compare timeouts in seconds. */
    static String print(Duration duration) {
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.compareTo(LARGEST_IN_SECONDS) <= 0 || duration.toSecondsPart() != 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutesPart() == 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
    }
}
