// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/** Where the URL stands in the content of a {@code meta} that refreshes (WHATWG HTML, section 4.2.5.3). */
final class MetaRefresh {
    /** The {@code http-equiv} that makes it one. */
    static final long NAME = Names.of("refresh");

    private MetaRefresh() {}

    /** The URL's first byte; {@code end} where there is none. */
    static int url(byte[] in, int from, int end) {
        int digits = skipSpace(in, from, end);
        int at = digits;
        while (at < end && ((in[at] >= '0' && in[at] <= '9') || in[at] == '.')) {
            at++;
        }
        boolean separated = at < end && (in[at] == ';' || in[at] == ',' || Names.isSpace(in[at]));
        if (at == digits || !separated) {
            return end;
        }
        at = skipSpace(in, at, end);
        if (at < end && (in[at] == ';' || in[at] == ',')) {
            at++;
        }
        at = behindName(in, skipSpace(in, at, end), end);
        return at < end && isQuote(in[at]) ? at + 1 : at;
    }

    /** The end of the URL that begins at {@code url}: the quote before it ends it too. */
    static int urlEnd(byte[] in, int url, int end) {
        byte quote = in[url - 1];
        return isQuote(quote) ? ByteSearch.indexOf(in, url, end, quote) : end;
    }

    /** Behind {@code url =}, where that stands there; without it the URL begins at once. */
    private static int behindName(byte[] in, int from, int end) {
        String name = "url";
        for (int i = 0; i < name.length(); i++) {
            if (from + i >= end || (in[from + i] | 0x20) != name.charAt(i)) {
                return from;
            }
        }
        int at = skipSpace(in, from + name.length(), end);
        return at < end && in[at] == '=' ? skipSpace(in, at + 1, end) : from;
    }

    private static boolean isQuote(byte b) {
        return b == '"' || b == '\'';
    }

    private static int skipSpace(byte[] in, int from, int end) {
        int at = from;
        while (at < end && Names.isSpace(in[at])) {
            at++;
        }
        return at;
    }
}
