// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds in a page's head what Spark puts before its links: it tells its scripts so by {@code setUIRoot('…')} (Spark's
 * {@code UIUtils.commonHeaderNodes}), behind the first of those links.
 */
final class RootFinder {
    private static final String CALL = "setUIRoot(";
    private static final Pattern ROOT =
            Pattern.compile("((https?://[A-Za-z0-9.:\\[\\]-]+)?(/[A-Za-z0-9._~%+@!$*,=:-]+)*)");
    private static final int LONGEST = 512;

    private final StringBuilder value = new StringBuilder();
    private int matched;
    private byte quote;
    private @Nullable String root;

    /** What has been found; {@code ""} where links begin with the path itself, null where nothing has been found yet. */
    @Nullable
    String root() {
        return root;
    }

    /** Looks at the next bytes of the page, and moves no index. */
    void look(ByteBuf in) {
        for (int at = in.readerIndex(); at < in.writerIndex() && root == null; at++) {
            step(in.getByte(at));
        }
    }

    private void step(byte b) {
        if (matched < CALL.length()) {
            matched = b == CALL.charAt(matched) ? matched + 1 : b == CALL.charAt(0) ? 1 : 0;
        } else if (quote == 0) {
            quote = b == '\'' || b == '"' ? b : 0;
            if (quote == 0 && !Names.isSpace(b)) {
                matched = 0;
            }
        } else if (b == quote) {
            String found = value.toString();
            root = ROOT.matcher(found).matches() ? found : null;
            restart();
        } else if (value.length() == LONGEST) {
            restart();
        } else {
            value.append((char) (b & 0xff));
        }
    }

    private void restart() {
        matched = 0;
        quote = 0;
        value.setLength(0);
    }
}
