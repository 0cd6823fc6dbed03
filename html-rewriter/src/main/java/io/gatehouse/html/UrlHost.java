// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Locale;

/**
 * What a server is called in a URL. A port that is the scheme's own is the same as none (RFC 3986, section 6.2.3).
 *
 * @param name in lower case
 * @param port 0 where none is named
 */
record UrlHost(String name, int port) {
    private static final int BEYOND_PORTS = 1 << 16;

    /** Of a Host field, or between the slashes of a URL. */
    static UrlHost of(String authority) {
        String lower = authority.toLowerCase(Locale.ROOT);
        int colon = lower.lastIndexOf(':');
        String digits = lower.substring(colon + 1);
        // The colons of an IPv6 address stand in brackets.
        boolean named = colon >= 0 && digits.length() <= 5 && digits.chars().allMatch(UrlHost::isDigit);
        return named
                ? new UrlHost(lower.substring(0, colon), digits.isEmpty() ? 0 : Integer.parseInt(digits))
                : new UrlHost(lower, 0);
    }

    /**
     * Skips this host and its port, where they stand at the cursor.
     *
     * @param schemesPort the port that need not be named there; 0 where the URL names no scheme
     * @return false where something else stands there, in which the cursor is then
     */
    boolean skip(UrlCursor cursor, int schemesPort) {
        if (!cursor.skip(name)) {
            return false;
        }
        int named = cursor.skip(":") ? skipDigits(cursor) : 0;
        boolean whole = cursor.isAtSlash() || cursor.isAtPathEnd();
        return whole && (named == port || (isLeftOut(named, schemesPort) && isLeftOut(port, schemesPort)));
    }

    private static int skipDigits(UrlCursor cursor) {
        int number = 0;
        for (; isDigit(cursor.current()); cursor.advance()) {
            number = Math.min(number * 10 + cursor.current() - '0', BEYOND_PORTS);
        }
        return number;
    }

    private static boolean isLeftOut(int named, int schemesPort) {
        return named == 0 || named == schemesPort;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
