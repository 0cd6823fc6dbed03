// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Finds the end of an element that holds text: {@code script}, {@code style}, {@code textarea} and the like. Only its own end
 * tag ends it, and in a script not even that while {@code <!-- <script>} is open.
 *
 * <p>States are those of WHATWG HTML, sections 13.2.5.2 to 13.2.5.4 and 13.2.5.9 to 13.2.5.31, with what their names begin
 * with ("script data", "script data escaped", "script data double escaped") in {@link #escapes} instead.
 */
final class TextScanner {
    private enum State {
        TEXT,
        DASH,
        DASH_DASH,
        LESS_THAN_SIGN,
        END_TAG_OPEN,
        END_TAG_NAME,
        ESCAPE_START,
        ESCAPE_START_DASH,
        DOUBLE_ESCAPE_START,
        DOUBLE_ESCAPE_END,
        DONE
    }

    private static final long SCRIPT = Names.of("script");

    private State state = State.DONE;
    private long element;
    private boolean isScript;
    /** 0: plain; 1: behind {@code <!--} in a script; 2: behind {@code <!-- <script>}. */
    private int escapes;
    /** What the tag at hand is called so far. */
    private long name;

    /** Behind the start tag of the element with this name. */
    void begin(long elementName) {
        state = State.TEXT;
        element = elementName;
        isScript = elementName == SCRIPT;
        escapes = 0;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** The name of the element. */
    long element() {
        return element;
    }

    /** Goes on; returns the space, slash or {@code >} behind the name in the element's end tag, or {@code to}. */
    int scan(byte[] in, int from, int to) {
        int at = from;
        while (at < to && state != State.DONE) {
            if (state == State.TEXT && escapes == 0) {
                at = ByteSearch.indexOf(in, at, to, (byte) '<');
                if (at < to) {
                    state = State.LESS_THAN_SIGN;
                    at++;
                }
            } else if (step(in[at])) {
                at++;
            }
        }
        return at;
    }

    /** Whether {@code b} is done with; else the new state takes it. */
    private boolean step(byte b) {
        switch (state) {
            case TEXT, DASH, DASH_DASH -> state = escaped(b);
            case LESS_THAN_SIGN -> {
                return lessThanSign(b);
            }
            case END_TAG_OPEN -> {
                name = Names.EMPTY;
                state = Names.isLetter(b) ? State.END_TAG_NAME : State.TEXT;
                return false;
            }
            case END_TAG_NAME -> {
                return endTagName(b);
            }
            case ESCAPE_START, ESCAPE_START_DASH -> {
                return escapeStart(b);
            }
            case DOUBLE_ESCAPE_START, DOUBLE_ESCAPE_END -> {
                return doubleEscape(b);
            }
            case DONE -> throw new IllegalStateException("no text");
        }
        return true;
    }

    /** The states "(double) escaped", "… dash" and "… dash dash". */
    private State escaped(byte b) {
        if (b == '<') {
            return State.LESS_THAN_SIGN;
        }
        if (b == '-') {
            return state == State.TEXT ? State.DASH : State.DASH_DASH;
        }
        if (b == '>' && state == State.DASH_DASH) {
            escapes = 0;
        }
        return State.TEXT;
    }

    private boolean lessThanSign(byte b) {
        name = Names.EMPTY;
        if (b == '/') {
            state = escapes == 2 ? State.DOUBLE_ESCAPE_END : State.END_TAG_OPEN;
            return true;
        }
        if (b == '!' && isScript && escapes == 0) {
            state = State.ESCAPE_START;
            return true;
        }
        state = escapes == 1 && Names.isLetter(b) ? State.DOUBLE_ESCAPE_START : State.TEXT;
        return false;
    }

    private boolean endTagName(byte b) {
        if (Names.isLetter(b)) {
            name = Names.appendFolded(name, b);
            return true;
        }
        state = endsName(b) && name == element ? State.DONE : State.TEXT;
        return false;
    }

    private boolean escapeStart(byte b) {
        if (b != '-') {
            state = State.TEXT;
            return false;
        }
        if (state == State.ESCAPE_START_DASH) {
            escapes = 1;
            state = State.DASH_DASH;
        } else {
            state = State.ESCAPE_START_DASH;
        }
        return true;
    }

    private boolean doubleEscape(byte b) {
        if (Names.isLetter(b)) {
            name = Names.appendFolded(name, b);
            return true;
        }
        boolean named = endsName(b);
        if (named && name == SCRIPT) {
            escapes = state == State.DOUBLE_ESCAPE_START ? 2 : 1;
        }
        state = State.TEXT;
        return named;
    }

    private static boolean endsName(byte b) {
        return Names.isSpace(b) || b == '/' || b == '>';
    }
}
