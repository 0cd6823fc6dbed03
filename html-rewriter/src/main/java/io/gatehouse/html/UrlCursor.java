// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * The characters of a URL as a browser comes to read them: without the control characters and spaces before it, without tabs and line
 * breaks within (WHATWG URL, section 4.4).
 */
final class UrlCursor extends ValueCursor {
    @Override
    void begin(byte[] bytes, int from, int end, boolean html) {
        super.begin(bytes, from, end, html);
        while (current() != END && current() <= ' ') {
            advance();
        }
    }

    @Override
    void advance() {
        do {
            super.advance();
        } while (current() == '\t' || current() == '\n' || current() == '\r');
    }

    /** Browsers take a backslash for a slash in the URLs that are looked at. */
    boolean isAtSlash() {
        return current() == '/' || current() == '\\';
    }

    /** Whether what may follow a path stands there, or nothing. */
    boolean isAtPathEnd() {
        return current() == END || current() == '?' || current() == '#';
    }
}
