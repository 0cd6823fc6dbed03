// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

/**
 * The extensions of one chunk (RFC 9112 section 7.1.1): {@code ;name=value}, where a value is a token or a quoted string.
 * They are dropped, but read by the letter first: two parsers that disagree about where a quoted string ends disagree about
 * where the chunk begins. White space around the signs and {@code obs-text} are refused.
 */
final class ChunkExtension {
    private static final int MAX_BYTES = 256;

    /** Names as in the grammar. */
    private enum State {
        NAME,
        VALUE,
        QUOTED_STRING,
        QUOTED_PAIR,
        AFTER_QUOTED_STRING
    }

    private State state = State.NAME;
    private int bytes;
    private int tokenBytes;

    /** Behind the semicolon that follows the chunk's size. */
    void begin() {
        bytes = 0;
        next(State.NAME);
    }

    /** Whether {@code b} may come next; CR, which ends the extensions, is asked about too. */
    boolean takes(byte b) {
        if (b != HttpBytes.CR && ++bytes > MAX_BYTES) {
            return false;
        }
        return switch (state) {
            case NAME, VALUE -> takesInToken(b);
            case QUOTED_STRING -> takesInQuotes(b);
            case QUOTED_PAIR -> {
                next(State.QUOTED_STRING);
                yield isQuotable(b);
            }
            case AFTER_QUOTED_STRING -> b == HttpBytes.CR || (b == ';' && next(State.NAME));
        };
    }

    private boolean takesInToken(byte b) {
        if (HttpBytes.isToken(b)) {
            tokenBytes++;
            return true;
        }
        if (tokenBytes == 0) {
            return b == '"' && state == State.VALUE && next(State.QUOTED_STRING);
        }
        return b == HttpBytes.CR
                || (b == ';' && next(State.NAME))
                || (b == '=' && state == State.NAME && next(State.VALUE));
    }

    private boolean takesInQuotes(byte b) {
        if (b == '"') {
            return next(State.AFTER_QUOTED_STRING);
        }
        if (b == '\\') {
            return next(State.QUOTED_PAIR);
        }
        return isQuotable(b);
    }

    private static boolean isQuotable(byte b) {
        return b > 0 && HttpBytes.isFieldValue(b);
    }

    private boolean next(State following) {
        state = following;
        tokenBytes = 0;
        return true;
    }
}
