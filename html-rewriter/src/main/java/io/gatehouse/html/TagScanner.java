// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Reads one start or end tag from its name to its {@code >}, and tells {@link LinkEditor} of the values that may be links.
 * State names are those of WHATWG HTML, sections 13.2.5.8 and 13.2.5.32 to 13.2.5.40.
 */
final class TagScanner {
    private enum State {
        TAG_NAME,
        BEFORE_ATTRIBUTE_NAME,
        ATTRIBUTE_NAME,
        AFTER_ATTRIBUTE_NAME,
        BEFORE_ATTRIBUTE_VALUE,
        ATTRIBUTE_VALUE_DOUBLE_QUOTED,
        ATTRIBUTE_VALUE_SINGLE_QUOTED,
        ATTRIBUTE_VALUE_UNQUOTED,
        AFTER_ATTRIBUTE_VALUE_QUOTED,
        SELF_CLOSING_START_TAG,
        DONE
    }

    private final LinkEditor links;
    private State state = State.DONE;
    private boolean isEndTag;
    private long name;
    private Element element = Element.OTHER;
    private long attributeName;
    private Attribute attribute = Attribute.OTHER;
    private boolean selfClosing;
    private boolean styled;

    TagScanner(LinkEditor links) {
        this.links = links;
    }

    /** At the first letter of a tag's name. */
    void begin(boolean endTag) {
        beginBehindName(endTag, Names.EMPTY);
    }

    /** Behind a tag's name, which somebody else has read. */
    void beginBehindName(boolean endTag, long tagName) {
        state = State.TAG_NAME;
        isEndTag = endTag;
        name = tagName;
        selfClosing = false;
        styled = false;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    boolean isEndTag() {
        return isEndTag;
    }

    /** Of the tag that is done. */
    Element element() {
        return element;
    }

    /** Of the tag that is done. */
    long name() {
        return name;
    }

    boolean isSelfClosing() {
        return selfClosing;
    }

    /** Whether it has an attribute of {@code font}. */
    boolean isStyled() {
        return styled;
    }

    /** Goes on; returns the byte behind the tag's {@code >}, or {@code to}. */
    int scan(byte[] in, int from, int to) {
        int at = from;
        while (at < to && state != State.DONE) {
            at = switch (state) {
                case TAG_NAME -> tagName(in, at, to);
                case BEFORE_ATTRIBUTE_NAME -> beforeAttributeName(in, at, to);
                case ATTRIBUTE_NAME -> attributeName(in, at, to);
                case AFTER_ATTRIBUTE_NAME -> afterAttributeName(in, at, to);
                case BEFORE_ATTRIBUTE_VALUE -> beforeAttributeValue(in, at, to);
                case ATTRIBUTE_VALUE_DOUBLE_QUOTED -> quoted((byte) '"', in, at, to);
                case ATTRIBUTE_VALUE_SINGLE_QUOTED -> quoted((byte) '\'', in, at, to);
                case ATTRIBUTE_VALUE_UNQUOTED -> unquoted(in, at, to);
                case AFTER_ATTRIBUTE_VALUE_QUOTED -> afterQuoted(in, at);
                case SELF_CLOSING_START_TAG -> selfClosing(in, at);
                case DONE -> throw new IllegalStateException("no tag");
            };
        }
        return at;
    }

    private int tagName(byte[] in, int from, int to) {
        long number = name;
        for (int at = from; at < to; at++) {
            byte b = in[at];
            if (b == '>' || b == '/' || Names.isSpace(b)) {
                name = number;
                element = Element.of(number);
                links.onTag(element);
                return delimiter(b, at);
            }
            number = Names.appendFolded(number, b);
        }
        name = number;
        return to;
    }

    /** A space, slash or {@code >} outside of values. */
    private int delimiter(byte b, int at) {
        if (b == '>') {
            return done(at);
        }
        state = b == '/' ? State.SELF_CLOSING_START_TAG : State.BEFORE_ATTRIBUTE_NAME;
        return at + 1;
    }

    private int done(int at) {
        links.onTagEnd();
        state = State.DONE;
        return at + 1;
    }

    private int beforeAttributeName(byte[] in, int from, int to) {
        int at = skipSpace(in, from, to);
        if (at == to) {
            return to;
        }
        if (in[at] == '/' || in[at] == '>') {
            return delimiter(in[at], at);
        }
        // Whatever else it is begins a name, an equals sign too.
        attributeName = Names.appendFolded(Names.EMPTY, in[at]);
        state = State.ATTRIBUTE_NAME;
        return at + 1;
    }

    private int attributeName(byte[] in, int from, int to) {
        long number = attributeName;
        for (int at = from; at < to; at++) {
            byte b = in[at];
            if (b == '=') {
                named(number);
                state = State.BEFORE_ATTRIBUTE_VALUE;
                return at + 1;
            }
            if (b == '>' || b == '/' || Names.isSpace(b)) {
                named(number);
                state = State.AFTER_ATTRIBUTE_NAME;
                return at;
            }
            number = Names.appendFolded(number, b);
        }
        attributeName = number;
        return to;
    }

    private void named(long number) {
        attribute = isEndTag ? Attribute.OTHER : Attribute.of(number);
        styled |= attribute == Attribute.FONT_STYLE;
    }

    private int afterAttributeName(byte[] in, int from, int to) {
        int at = skipSpace(in, from, to);
        if (at == to) {
            return to;
        }
        if (in[at] == '=') {
            state = State.BEFORE_ATTRIBUTE_VALUE;
            return at + 1;
        }
        state = State.BEFORE_ATTRIBUTE_NAME;
        return at;
    }

    private int beforeAttributeValue(byte[] in, int from, int to) {
        int at = skipSpace(in, from, to);
        if (at == to) {
            return to;
        }
        byte b = in[at];
        if (b == '>') {
            return done(at);
        }
        int value = b == '"' || b == '\'' ? at + 1 : at;
        state = b == '"'
                ? State.ATTRIBUTE_VALUE_DOUBLE_QUOTED
                : b == '\'' ? State.ATTRIBUTE_VALUE_SINGLE_QUOTED : State.ATTRIBUTE_VALUE_UNQUOTED;
        links.onValue(attribute, value);
        return value;
    }

    private int quoted(byte quote, byte[] in, int from, int to) {
        int at = ByteSearch.indexOf(in, from, to, quote);
        if (at == to) {
            return to;
        }
        links.onValueEnd(at);
        state = State.AFTER_ATTRIBUTE_VALUE_QUOTED;
        return at + 1;
    }

    private int unquoted(byte[] in, int from, int to) {
        for (int at = from; at < to; at++) {
            byte b = in[at];
            if (b == '>' || Names.isSpace(b)) {
                links.onValueEnd(at);
                return delimiter(b, at);
            }
        }
        return to;
    }

    private int afterQuoted(byte[] in, int at) {
        byte b = in[at];
        if (b == '>' || b == '/' || Names.isSpace(b)) {
            return delimiter(b, at);
        }
        state = State.BEFORE_ATTRIBUTE_NAME;
        return at;
    }

    private int selfClosing(byte[] in, int at) {
        if (in[at] == '>') {
            selfClosing = true;
            return done(at);
        }
        state = State.BEFORE_ATTRIBUTE_NAME;
        return at;
    }

    private static int skipSpace(byte[] in, int from, int to) {
        int at = from;
        while (at < to && Names.isSpace(in[at])) {
            at++;
        }
        return at;
    }
}
