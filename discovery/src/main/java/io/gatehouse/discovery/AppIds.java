// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/**
 * Application ids: {@code app-20260101120000-0001}, {@code local-1767268800000}, {@code spark-0123abcd…},
 * {@code application_1767268800000_0001}. They stand in URLs, in a header that Spark copies into scripts, and in pages, so
 * nothing else is taken for one.
 */
public final class AppIds {
    private static final int LONGEST = 128;

    private AppIds() {}

    /** Letters, digits, {@code - _ .}, beginning with a letter or digit, at most 128 characters. */
    public static boolean isValid(CharSequence id) {
        if (id.isEmpty() || id.length() > LONGEST || !isLetterOrDigit(id.charAt(0))) {
            return false;
        }
        for (int i = 1; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
