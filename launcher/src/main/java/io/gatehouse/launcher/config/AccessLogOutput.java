// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the access log goes: {@code stdout}, {@code off} or a file. */
public sealed interface AccessLogOutput {

    /** One line per exchange on standard output, between the log's own lines. */
    record Stdout() implements AccessLogOutput {
        @Override
        public String toString() {
            return "stdout";
        }
    }

    /** No access log. */
    record Off() implements AccessLogOutput {
        @Override
        public String toString() {
            return "off";
        }
    }

    /**
     * One line per exchange, appended to a file.
     *
     * @param path absolute, or relative to the working directory
     */
    record ToFile(Path path) implements AccessLogOutput {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * Reads the configured word or path. A path needs a slash, so that a misspelt word does not become a file.
     *
     * @throws InvalidValueException when the text is neither
     */
    static AccessLogOutput parse(String text) {
        if (text.equals("stdout")) {
            return new Stdout();
        }
        if (text.equals("off")) {
            return new Off();
        }
        try {
            if (text.contains("/") && !text.endsWith("/")) {
                return new ToFile(Path.of(text));
            }
        } catch (InvalidPathException e) {
            throw new InvalidValueException("'" + text + "' is not a file path", "write stdout, off or a path", e);
        }
        throw new InvalidValueException(
                "'" + text + "' is neither stdout, off nor the path of a file",
                "write stdout, off, or a path with a slash such as ./access.log");
    }
}
