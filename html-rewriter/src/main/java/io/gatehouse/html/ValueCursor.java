// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Map;

/**
 * The characters of a value as a browser comes to read them: in HTML with the character references resolved that stand for ASCII where it
 * matters. Each knows where it stands, so that what is found can be replaced as it was written.
 */
class ValueCursor {
    /** Behind the last character. */
    static final int END = -1;

    private static final int LONGEST_NAME = 8;

    /** The few that matter in what is looked at (WHATWG HTML, section 13.5); the rest stay ampersands. */
    private static final NameTable<Character> NAMED = new NameTable<>(
            Map.ofEntries(
                    Map.entry("sol", '/'),
                    Map.entry("bsol", '\\'),
                    Map.entry("colon", ':'),
                    Map.entry("semi", ';'),
                    Map.entry("comma", ','),
                    Map.entry("period", '.'),
                    Map.entry("quest", '?'),
                    Map.entry("num", '#'),
                    Map.entry("percnt", '%'),
                    Map.entry("commat", '@'),
                    Map.entry("plus", '+'),
                    Map.entry("equals", '='),
                    Map.entry("excl", '!'),
                    Map.entry("dollar", '$'),
                    Map.entry("ast", '*'),
                    Map.entry("midast", '*'),
                    Map.entry("lowbar", '_'),
                    Map.entry("UnderBar", '_'),
                    Map.entry("lsqb", '['),
                    Map.entry("lbrack", '['),
                    Map.entry("rsqb", ']'),
                    Map.entry("rbrack", ']'),
                    Map.entry("lpar", '('),
                    Map.entry("rpar", ')'),
                    Map.entry("quot", '"'),
                    Map.entry("QUOT", '"'),
                    Map.entry("apos", '\''),
                    Map.entry("Tab", '\t'),
                    Map.entry("NewLine", '\n')),
            '&');

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
    }

    int current() {
        return current;
    }

    /** The same, a letter of ASCII in lower case. */
    int folded() {
        return current >= 'A' && current <= 'Z' ? current + 0x20 : current;
    }

    /** Whether it is what HTML calls ASCII whitespace. */
    boolean isAtSpace() {
        return Names.isSpace(current);
    }

    void skipSpace() {
        while (isAtSpace()) {
            advance();
        }
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
        at = next;
        current = next == to ? END : read();
    }

    /** Skips {@code text}, which is in lower case, whatever the case there; where something else stands, the cursor is somewhere in it. */
    boolean skip(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (folded() != text.charAt(i)) {
                return false;
            }
            advance();
        }
        return true;
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

    private int named() {
        long name = Names.EMPTY;
        int end = next;
        for (int limit = Math.min(to, next + LONGEST_NAME); end < limit && in[end] != ';'; end++) {
            name = Names.append(name, in[end]);
        }
        char character = end < to && in[end] == ';' ? NAMED.find(name) : '&';
        next = character == '&' ? next : end + 1;
        return character;
    }
}
