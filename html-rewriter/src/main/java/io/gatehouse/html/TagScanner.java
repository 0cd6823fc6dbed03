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

    private void named(long number) {
        attribute = isEndTag ? Attribute.OTHER : Attribute.of(number);
        styled |= attribute == Attribute.FONT_STYLE;
    }

    private int tagName(byte[] in, int from, int to) {
        long number = name;
        for (int at = from; at < to; at++) {
            int c = Names.inTag(in[at]);
            if (c == 0 && in[at] != '=') {
                name = number;
                element = Element.of(number);
                links.onTag(element);
                return delimiter(in, at, to);
            }
            number = Names.append(number, c == 0 ? '=' : c);
        }
        name = number;
        return to;
    }

    /** A space, slash or {@code >} outside of values. */
    private int delimiter(byte[] in, int at, int to) {
        if (in[at] == '>') {
            return done(at);
        }
        if (in[at] == '/') {
            state = State.SELF_CLOSING_START_TAG;
            return at + 1;
        }
        state = State.BEFORE_ATTRIBUTE_NAME;
        return beforeAttributeName(in, at + 1, to);
    }

    private int done(int at) {
        links.onTagEnd(at);
        state = State.DONE;
        return at + 1;
    }

    private int beforeAttributeName(byte[] in, int from, int to) {
        int at = skipSpace(in, from, to);
        if (at == to) {
            return to;
        }
        if (in[at] == '/' || in[at] == '>') {
            return delimiter(in, at, to);
        }
        // Whatever else it is begins a name, an equals sign too.
        attributeName = Names.appendFolded(Names.EMPTY, in[at]);
        state = State.ATTRIBUTE_NAME;
        return attributeName(in, at + 1, to);
    }

    private int attributeName(byte[] in, int from, int to) {
        long number = attributeName;
        for (int at = from; at < to; at++) {
            int c = Names.inTag(in[at]);
            if (c == 0) {
                named(number);
                if (in[at] == '=') {
                    state = State.BEFORE_ATTRIBUTE_VALUE;
                    return beforeAttributeValue(in, at + 1, to);
                }
                state = State.AFTER_ATTRIBUTE_NAME;
                return at;
            }
            number = Names.append(number, c);
        }
        attributeName = number;
        return to;
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
        if (b == '"' || b == '\'') {
            links.onValue(attribute, at + 1);
            state = b == '"' ? State.ATTRIBUTE_VALUE_DOUBLE_QUOTED : State.ATTRIBUTE_VALUE_SINGLE_QUOTED;
            return quoted(b, in, at + 1, to);
        }
        links.onValue(attribute, at);
        state = State.ATTRIBUTE_VALUE_UNQUOTED;
        return unquoted(in, at, to);
    }

    private int quoted(byte quote, byte[] in, int from, int to) {
        int at = ByteSearch.indexOf(in, from, to, quote);
        if (at == to) {
            return to;
        }
        links.onValueEnd(at);
        state = State.AFTER_ATTRIBUTE_VALUE_QUOTED;
        return at + 1 < to ? afterQuoted(in, at + 1) : to;
    }

    private int unquoted(byte[] in, int from, int to) {
        for (int at = from; at < to; at++) {
            byte b = in[at];
            if (b == '>' || Names.isSpace(b)) {
                links.onValueEnd(at);
                return afterQuoted(in, at);
            }
        }
        return to;
    }

    /** Ends the attribute; the next one begins anew in {@link #scan}, so that a tag of many is no deep recursion. */
    private int afterQuoted(byte[] in, int at) {
        if (in[at] == '>') {
            return done(at);
        }
        state = in[at] == '/' ? State.SELF_CLOSING_START_TAG : State.BEFORE_ATTRIBUTE_NAME;
        return in[at] == '/' || Names.isSpace(in[at]) ? at + 1 : at;
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
