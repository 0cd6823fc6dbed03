// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Finds the end of what begins with {@code <!} or {@code <?}: a comment, a DOCTYPE, a CDATA section. State names are those of
 * WHATWG HTML, sections 13.2.5.41 to 13.2.5.71. A DOCTYPE ends where a bogus comment does, at the first {@code >}; and the states
 * for {@code <!--} within a comment only tell errors, so both are left out.
 */
final class CommentScanner {
    private enum State {
        BOGUS_COMMENT,
        COMMENT_START,
        COMMENT_START_DASH,
        COMMENT,
        COMMENT_END_DASH,
        COMMENT_END,
        COMMENT_END_BANG,
        CDATA_SECTION,
        CDATA_SECTION_BRACKET,
        CDATA_SECTION_END,
        DONE
    }

    private State state = State.DONE;

    void beginComment() {
        state = State.COMMENT_START;
    }

    void beginBogusComment() {
        state = State.BOGUS_COMMENT;
    }

    void beginCdata() {
        state = State.CDATA_SECTION;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Goes on; returns the byte behind the end, or {@code to}. */
    int scan(byte[] in, int from, int to) {
        int at = from;
        while (at < to && state != State.DONE) {
            switch (state) {
                case BOGUS_COMMENT -> at = skipTo((byte) '>', State.DONE, in, at, to);
                case COMMENT -> at = skipTo((byte) '-', State.COMMENT_END_DASH, in, at, to);
                case CDATA_SECTION -> at = skipTo((byte) ']', State.CDATA_SECTION_BRACKET, in, at, to);
                default -> state = next(in[at++]);
            }
        }
        return at;
    }

    private int skipTo(byte wanted, State then, byte[] in, int from, int to) {
        int at = ByteSearch.indexOf(in, from, to, wanted);
        if (at == to) {
            return to;
        }
        state = then;
        return at + 1;
    }

    private State next(byte b) {
        return switch (state) {
            case COMMENT_START -> b == '-' ? State.COMMENT_START_DASH : b == '>' ? State.DONE : State.COMMENT;
            case COMMENT_START_DASH -> b == '-' ? State.COMMENT_END : b == '>' ? State.DONE : State.COMMENT;
            case COMMENT_END_DASH -> b == '-' ? State.COMMENT_END : State.COMMENT;
            case COMMENT_END ->
                switch (b) {
                    case '>' -> State.DONE;
                    case '!' -> State.COMMENT_END_BANG;
                    case '-' -> State.COMMENT_END;
                    default -> State.COMMENT;
                };
            case COMMENT_END_BANG -> b == '-' ? State.COMMENT_END_DASH : b == '>' ? State.DONE : State.COMMENT;
            case CDATA_SECTION_BRACKET -> b == ']' ? State.CDATA_SECTION_END : State.CDATA_SECTION;
            case CDATA_SECTION_END -> b == '>' ? State.DONE : b == ']' ? State.CDATA_SECTION_END : State.CDATA_SECTION;
            case BOGUS_COMMENT, COMMENT, CDATA_SECTION, DONE -> state;
        };
    }
}
