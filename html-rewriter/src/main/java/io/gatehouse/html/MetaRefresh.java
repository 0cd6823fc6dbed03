// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/** Where the URL stands in the content of a {@code meta} that refreshes (WHATWG HTML, section 4.2.5.3). */
final class MetaRefresh {
    private static final int NO_QUOTE = 0;

    private MetaRefresh() {}

    /** Whether the value at the cursor is the {@code http-equiv} that makes it one. */
    static boolean isName(ValueCursor value) {
        return value.skip("refresh") && value.current() == ValueCursor.END;
    }

    /**
     * Leaves the cursor, which is at the first character of the content, at that of the URL, or at the end where there is none.
     *
     * @return the quote that ends the URL, or 0 for none
     */
    static int skipToUrl(ValueCursor content) {
        content.skipSpace();
        if (!skipSeconds(content)) {
            skipTo(ValueCursor.END, content);
            return NO_QUOTE;
        }
        skipName(content);
        int quote = content.current();
        if (quote != '"' && quote != '\'') {
            return NO_QUOTE;
        }
        content.advance();
        return quote;
    }

    /** Leaves the cursor at the end of the URL in which it is. */
    static void skipToUrlEnd(int quote, ValueCursor content) {
        skipTo(quote == NO_QUOTE ? ValueCursor.END : quote, content);
    }

    private static void skipTo(int character, ValueCursor content) {
        while (content.current() != character && content.current() != ValueCursor.END) {
            content.advance();
        }
    }

    /** Skips the seconds and what separates them from the rest; false where it is not so. */
    private static boolean skipSeconds(ValueCursor content) {
        int seconds = content.index();
        while ((content.current() >= '0' && content.current() <= '9') || content.current() == '.') {
            content.advance();
        }
        boolean separated = isAtSeparator(content) || content.isAtSpace();
        if (content.index() == seconds || !separated) {
            return false;
        }
        content.skipSpace();
        if (isAtSeparator(content)) {
            content.advance();
        }
        content.skipSpace();
        return true;
    }

    private static boolean isAtSeparator(ValueCursor content) {
        return content.current() == ';' || content.current() == ',';
    }

    /** Skips {@code url =}, where that stands there; without it the URL begins at once. */
    private static void skipName(ValueCursor content) {
        int from = content.index();
        boolean named = content.skip("url");
        if (named) {
            content.skipSpace();
            named = content.skip("=");
        }
        if (named) {
            content.skipSpace();
        } else {
            content.returnTo(from);
        }
    }
}
