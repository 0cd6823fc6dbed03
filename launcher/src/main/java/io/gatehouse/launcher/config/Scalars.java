// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.TlsVersion;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The types that stand as one value in the configuration: text in, value out, and back. */
final class Scalars {
    private static final Map<Class<?>, Function<String, Object>> READERS = Map.of(
            String.class, text -> text,
            Integer.class, Scalars::integer,
            Boolean.class, Scalars::bool,
            Duration.class, Durations::parse,
            Path.class, Scalars::path,
            ByteSize.class, ByteSize::parse,
            HttpUrl.class, HttpUrl::parse,
            Cidr.class, Cidr::parse,
            AccessLogOutput.class, AccessLogOutput::parse,
            TlsVersion.class, Scalars::tlsVersion);

    private Scalars() {}

    /** Whether a value of this type stands as one value; any other record is a section. */
    static boolean isScalar(Class<?> type) {
        return type.isEnum() || READERS.containsKey(type);
    }

    /**
     * Reads a value.
     *
     * @param type one that {@link #isScalar} knows
     * @throws InvalidValueException when the text does not stand for a value of that type
     */
    static Object parse(Class<?> type, String text) {
        Function<String, Object> reader = READERS.get(type);
        return reader == null ? constant(type, text) : reader.apply(text);
    }

    /** The text that {@link #parse} reads as this value. */
    static String print(Object value) {
        return switch (value) {
            case Duration duration -> Durations.print(duration);
            case TlsVersion version -> version.toString();
            case Enum<?> constant -> word(constant);
            default -> value.toString();
        };
    }

    private static Integer integer(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new InvalidValueException(
                    "'" + text + "' is not a whole number", "write digits only, such as 100", e);
        }
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new InvalidValueException("'" + text + "' is neither true nor false", "write true or false");
        };
    }

    private static TlsVersion tlsVersion(String text) {
        return Arrays.stream(TlsVersion.values())
                .filter(version -> version.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(
                        "'" + text + "' is no version of TLS that is spoken here", "write 1.2 or 1.3"));
    }

    private static Path path(String text) {
        try {
            if (!text.isBlank()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            throw new InvalidValueException("'" + text + "' is not a file path", "write the path of a file", e);
        }
        throw new InvalidValueException("the path is empty", "write the path of a file or leave the key out");
    }

    private static Object constant(Class<?> type, String text) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> word((Enum<?>) constant))
                .toList();
        int index = words.indexOf(text);
        if (index < 0) {
            throw new InvalidValueException(
                    "'" + text + "' is not one of " + String.join(", ", words), Nearest.remedy(text, words));
        }
        return type.getEnumConstants()[index];
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
