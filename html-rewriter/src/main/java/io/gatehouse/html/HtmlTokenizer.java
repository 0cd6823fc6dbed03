// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Where in a page the bytes stand: in text, in a tag, in a comment, in an element that holds only text. Text is skipped up to the
 * next {@code <}; the rest is a scanner's. Takes the bytes of a page in pieces of any size and keeps none.
 *
 * <p>State names are those of WHATWG HTML, section 13.2.5.
 */
final class HtmlTokenizer {
    private enum State {
        DATA,
        TAG_OPEN,
        END_TAG_OPEN,
        MARKUP_DECLARATION_OPEN,
        TAG,
        COMMENT,
        TEXT,
        PLAINTEXT
    }

    private static final byte[] CDATA = {'[', 'C', 'D', 'A', 'T', 'A', '['};

    private final MarkupSkipper skipper;
    private final TagScanner tag;
    private final CommentScanner comment = new CommentScanner();
    private final TextScanner text = new TextScanner();
    private final ForeignContent foreign = new ForeignContent();
    private final ScriptConstants script;
    private State state = State.DATA;
    /** How much of {@link #CDATA} has come. */
    private int declared;

    private boolean inScript;

    /** @param window how many bytes {@link #scan} gets at most, counted from the beginning of their array */
    HtmlTokenizer(LinkEditor links, int window) {
        this.skipper = new MarkupSkipper(window);
        this.tag = new TagScanner(links);
        this.script = new ScriptConstants(links);
    }

    /** Whether the page is nested beyond what is followed; what comes is not looked at any more. */
    boolean isLost() {
        return foreign.isTooDeep();
    }

    /** Takes all of {@code [from, to)}. */
    void scan(byte[] in, int from, int to) {
        skipper.begin(in, from, to);
        int at = from;
        while (at < to && !isLost()) {
            at = switch (state) {
                case DATA -> data(in, at, to);
                case TAG_OPEN -> tagOpen(in, at, to);
                case END_TAG_OPEN -> endTagOpen(in, at);
                case MARKUP_DECLARATION_OPEN -> markupDeclarationOpen(in, at);
                case TAG -> tag(in, at, to);
                case COMMENT -> comment(in, at, to);
                case TEXT -> text(in, at, to);
                case PLAINTEXT -> to;
            };
        }
    }

    /** Text, and the tags in it that are as programs write them and change nothing for what follows, outside of drawings. */
    private int data(byte[] in, int from, int to) {
        int at = foreign.isOutside() ? skipper.skip(in, from, to) : ByteSearch.indexOf(in, from, to, (byte) '<');
        if (at == to) {
            return to;
        }
        state = State.TAG_OPEN;
        return at + 1 < to ? tagOpen(in, at + 1, to) : to;
    }

    private int tagOpen(byte[] in, int at, int to) {
        byte b = in[at];
        if (Names.isLetter(b)) {
            tag.begin(false);
            state = State.TAG;
            return tag(in, at, to);
        }
        switch (b) {
            case '/' -> state = State.END_TAG_OPEN;
            case '!' -> {
                declared = 0;
                state = State.MARKUP_DECLARATION_OPEN;
            }
            case '?' -> bogusComment();
            default -> {
                state = State.DATA;
                return at;
            }
        }
        return at + 1;
    }

    private int endTagOpen(byte[] in, int at) {
        if (Names.isLetter(in[at])) {
            tag.begin(true);
            state = State.TAG;
            return at;
        }
        if (in[at] == '>') {
            state = State.DATA;
            return at + 1;
        }
        bogusComment();
        return at;
    }

    /** {@code --} or, in elements of SVG and MathML, {@code [CDATA[}; the rest ends as a bogus comment does, a DOCTYPE too. */
    private int markupDeclarationOpen(byte[] in, int at) {
        byte b = in[at];
        if (declared == 0 && b == '-') {
            declared = -1;
        } else if (declared == -1 && b == '-') {
            comment.beginComment();
            state = State.COMMENT;
        } else if (declared >= 0 && b == CDATA[declared] && foreign.isInForeignElement()) {
            declared++;
            if (declared == CDATA.length) {
                comment.beginCdata();
                state = State.COMMENT;
            }
        } else {
            bogusComment();
            return at;
        }
        return at + 1;
    }

    private void bogusComment() {
        comment.beginBogusComment();
        state = State.COMMENT;
    }

    private int comment(byte[] in, int from, int to) {
        int at = comment.scan(in, from, to);
        if (comment.isDone()) {
            state = State.DATA;
        }
        return at;
    }

    private int tag(byte[] in, int from, int to) {
        int at = tag.scan(in, from, to);
        if (tag.isDone()) {
            state = behindTag();
        }
        return at;
    }

    private State behindTag() {
        Element element = tag.element();
        if (tag.isEndTag()) {
            foreign.onEndTag(tag.name(), element);
            return State.DATA;
        }
        if (foreign.isOutside() && element.isOrdinary()) {
            return State.DATA;
        }
        // The text of an SVG title, and of its scripts and styles, is markup like any other.
        boolean ofHtml = foreign.onStartTag(tag.name(), element, tag.isStyled(), tag.isSelfClosing());
        return ofHtml ? textOf(element) : State.DATA;
    }

    private State textOf(Element element) {
        return switch (element) {
            case SCRIPT, RAW_TEXT, TEXTAREA, TITLE -> {
                text.begin(tag.name());
                inScript = element == Element.SCRIPT;
                if (inScript) {
                    script.begin();
                }
                yield State.TEXT;
            }
            case PLAINTEXT -> State.PLAINTEXT;
            default -> State.DATA;
        };
    }

    private int text(byte[] in, int from, int to) {
        int at = text.scan(in, from, to);
        if (inScript) {
            script.scan(in, from, at);
        }
        if (text.isDone()) {
            if (inScript) {
                script.end();
            }
            tag.beginBehindName(true, text.element());
            state = State.TAG;
        }
        return at;
    }
}
