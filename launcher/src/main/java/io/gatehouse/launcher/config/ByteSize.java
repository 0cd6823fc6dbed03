// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as it stands in the configuration: {@code 240B}, {@code 8KiB}, {@code 1MiB}, {@code 2GiB}. Units are powers of 1024
 * and are never left out, so that nobody has to guess them.
 *
 * @param bytes the number of bytes, not negative
 */
public record ByteSize(long bytes) {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;
    static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final Pattern BARE = Pattern.compile("\\d+");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
    }

    /** A size in KiB, for defaults in code. */
    public static ByteSize ofKiB(long kib) {
        return new ByteSize(Math.multiplyExact(kib, KIB));
    }

    /**
     * Reads the form that the configuration uses.
     *
     * @throws InvalidValueException when the text has another form
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long unit = switch (matcher.group(2)) {
                case "KiB" -> KIB;
                case "MiB" -> MIB;
                case "GiB" -> GIB;
                default -> 1;
            };
            return new ByteSize(Long.parseLong(matcher.group(1)) * unit);
        }
        if (BARE.matcher(text).matches()) {
            throw new InvalidValueException(
                    "'" + text + "' has no unit", "write a size with its unit, such as " + text + "B or 8KiB");
        }
        throw new InvalidValueException(
                "'" + text + "' is not a size", "write a whole number with B, KiB, MiB or GiB, such as 8KiB");
    }

    /** The size as an {@code int}, for APIs that count bytes so. */
    public int toIntExact() {
        return Math.toIntExact(bytes);
    }

    /** The form that {@link #parse} reads, in the largest unit that loses nothing. */
    @Override
    public String toString() {
        if (bytes > 0 && bytes % GIB == 0) {
            return String.format(Locale.ROOT, "%dGiB", bytes / GIB);
        }
        if (bytes > 0 && bytes % MIB == 0) {
            return String.format(Locale.ROOT, "%dMiB", bytes / MIB);
        }
        if (bytes > 0 && bytes % KIB == 0) {
            return String.format(Locale.ROOT, "%dKiB", bytes / KIB);
        }
        return bytes + "B";
    }
}
