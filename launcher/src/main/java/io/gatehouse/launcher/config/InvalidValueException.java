// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import org.jspecify.annotations.Nullable;

/**
 * One value cannot be used. Thrown while a text is read and caught by {@link RecordBinder}, which adds where the text stands; callers
 * of the public API see a {@link ConfigException} instead.
 */
final class InvalidValueException extends IllegalArgumentException {
    private final String what;
    private final String remedy;

    InvalidValueException(String what, String remedy) {
        this(what, remedy, null);
    }

    InvalidValueException(String what, String remedy, @Nullable Throwable cause) {
        super(what + ": " + remedy, cause);
        this.what = what;
        this.remedy = remedy;
    }

    /** What is wrong, without a full stop. */
    String what() {
        return what;
    }

    /** What to write instead. */
    String remedy() {
        return remedy;
    }
}
