// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.nio.charset.StandardCharsets;

/**
 * The characters of a URL as a browser comes to read them: without the control characters and spaces before it, without tabs and line
 * breaks within (WHATWG URL, section 4.4), and in HTML with the character references resolved that stand for ASCII.
 */
final class UrlCursor {
    /** Behind the last character. */
    static final int END = -1;

    private static final int LONGEST_NAME = 8;

    private byte[] in = {};
    private int to;
    private boolean html;
    /** Where the current character begins, and where the one behind it. */
    private int at;

    private int next;
    private int current = END;

    /** @param html whether character references count */
    void begin(byte[] bytes, int from, int end, boolean html) {
        in = bytes;
        to = end;
        this.html = html;
        next = from;
        advance();
        while (current != END && current <= ' ') {
            advance();
        }
    }

    int current() {
        return current;
    }

    /** The index of the current character's first byte; the end's, if there is none. */
    int index() {
        return at;
    }

    /** Back to a character that has been current. */
    void returnTo(int index) {
        next = index;
        advance();
    }

    void advance() {
        do {
            at = next;
            current = next == to ? END : read();
        } while (current == '\t' || current == '\n' || current == '\r');
    }

    /** Skips {@code text}, which is in lower case, whatever the case there; where something else stands, the cursor is somewhere in it. */
    boolean skip(String text) {
        for (int i = 0; i < text.length(); i++) {
            boolean upper = current >= 'A' && current <= 'Z';
            if ((upper ? current + 0x20 : current) != text.charAt(i)) {
                return false;
            }
            advance();
        }
        return true;
    }

    /** Browsers take a backslash for a slash in the URLs that are looked at. */
    boolean isAtSlash() {
        return current == '/' || current == '\\';
    }

    /** Whether what may follow a path stands there, or nothing. */
    boolean isAtPathEnd() {
        return current == END || current == '?' || current == '#';
    }

    private int read() {
        int b = in[next++] & 0xff;
        return b == '&' && html ? reference() : b;
    }

    /** Behind an ampersand: what it and the next bytes stand for, or the ampersand. */
    private int reference() {
        return next < to && in[next] == '#' ? numeric(next + 1) : named();
    }

    private int numeric(int from) {
        boolean hex = from < to && (in[from] | 0x20) == 'x';
        int radix = hex ? 16 : 10;
        int digits = hex ? from + 1 : from;
        int number = 0;
        int end = digits;
        for (; end < to && Character.digit(in[end], radix) >= 0; end++) {
            number = Math.min(number * radix + Character.digit(in[end], radix), Character.MAX_CODE_POINT);
        }
        if (end == digits) {
            return '&';
        }
        next = end < to && in[end] == ';' ? end + 1 : end;
        return number;
    }

    /** The few that matter in the part of a URL that is looked at. */
    private int named() {
        int end = ByteSearch.indexOf(in, next, Math.min(to, next + LONGEST_NAME), (byte) ';');
        int character = end == to ? '&' : meaning(new String(in, next, end - next, StandardCharsets.US_ASCII));
        if (character != '&') {
            next = end + 1;
        }
        return character;
    }

    private static int meaning(String name) {
        return switch (name) {
            case "sol" -> '/';
            case "colon" -> ':';
            case "bsol" -> '\\';
            case "period" -> '.';
            case "lowbar" -> '_';
            case "quest" -> '?';
            case "num" -> '#';
            case "Tab" -> '\t';
            case "NewLine" -> '\n';
            default -> '&';
        };
    }
}
