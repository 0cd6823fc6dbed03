// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Arrays;

/**
 * Finds the links among the values of a page, and puts others in their place. A value is on hold until it is decided, which its
 * first bytes are enough for: the scanners may stop anywhere in between, and go on in a window that has moved.
 */
final class LinkEditor {
    /** A value of this many bytes is decided as it stands, or, where all of it is needed, stays as it is. */
    static final int LONGEST_HELD = 2 * LinkMapping.LONGEST;

    private static final byte[] NOTHING = {};

    private enum Kind {
        URL,
        URL_LIST,
        HTTP_EQUIV,
        REFRESH,
        MODULE,
        UI_ROOT,
        APP_BASE_PATH
    }

    private final LinkMapping mapping;
    private final PageOutput output;
    private final UrlCursor cursor = new UrlCursor();
    private final ValueCursor characters = new ValueCursor();
    private final LinkEdit edit = new LinkEdit();
    private byte[] in = NOTHING;
    private Kind kind = Kind.URL;
    /** Where the value at hand begins; -1 where none is on hold. */
    private int value = -1;

    private Element element = Element.OTHER;
    /** The value of a {@code meta}'s content that waits for its {@code http-equiv}; -1 where none does. */
    private int content = -1;

    private int contentEnd;
    private boolean refreshes;

    LinkEditor(LinkMapping mapping, PageOutput output) {
        this.mapping = mapping;
        this.output = output;
    }

    /** All positions from now on are in {@code window}. */
    void begin(byte[] window) {
        in = window;
    }

    /** From where on the bytes up to {@code end} are still needed; {@code end} where none are. */
    int onHold(int end) {
        if (value >= 0 && end - value >= LONGEST_HELD) {
            if (kind == Kind.URL || kind == Kind.MODULE) {
                map(value, end, kind == Kind.URL);
            }
            value = -1;
        }
        if (content >= 0 && end - content >= LONGEST_HELD) {
            content = -1;
        }
        int from = value < 0 ? end : value;
        return content < 0 ? from : Math.min(from, content);
    }

    /** The bytes of the window have moved towards its beginning. */
    void move(int by) {
        value = value < 0 ? value : value - by;
        content = content < 0 ? content : content - by;
        contentEnd -= by;
    }

    /** A tag's name has been read. */
    void onTag(Element named) {
        element = named;
        content = -1;
        refreshes = false;
    }

    /** At the tag's {@code >}. */
    void onTagEnd(int at) {
        if (content >= 0 && refreshes && at - content < LONGEST_HELD) {
            mapRefresh(content, contentEnd);
        }
        content = -1;
    }

    /** An attribute's value begins. */
    void onValue(Attribute attribute, int at) {
        value = -1;
        if (element == Element.META) {
            if (attribute == Attribute.HTTP_EQUIV) {
                hold(Kind.HTTP_EQUIV, at);
            } else if (attribute == Attribute.CONTENT && content < 0) {
                hold(Kind.REFRESH, at);
            }
        } else if (attribute == Attribute.URL || (attribute == Attribute.DATA && element == Element.OBJECT)) {
            hold(Kind.URL, at);
        } else if (attribute == Attribute.URL_LIST) {
            hold(Kind.URL_LIST, at);
        }
    }

    /** The string of a module import in a script begins. */
    void onModule(int at) {
        hold(Kind.MODULE, at);
    }

    /** The string begins that a script of Spark's gives to {@code setUIRoot}. */
    void onUiRoot(int at) {
        hold(Kind.UI_ROOT, at);
    }

    /** The string begins that a script of Spark's gives to {@code setAppBasePath}. */
    void onAppBasePath(int at) {
        hold(Kind.APP_BASE_PATH, at);
    }

    private void hold(Kind of, int at) {
        kind = of;
        value = at;
    }

    /** What was on hold is no value after all. */
    void forget() {
        value = -1;
    }

    /** The value that began last is complete. */
    void onValueEnd(int end) {
        int from = value;
        value = -1;
        if (from < 0) {
            return;
        }
        switch (kind) {
            case URL -> map(from, end, true);
            case MODULE -> map(from, end, false);
            case URL_LIST -> {
                if (end - from < LONGEST_HELD) {
                    mapList(from, end);
                }
            }
            case HTTP_EQUIV -> refreshes |= isRefresh(from, end);
            case REFRESH -> {
                content = from;
                contentEnd = end;
            }
            case UI_ROOT -> {
                if (!isPrefix(from, end)) {
                    output.replace(from, end, mapping.prefixBytes());
                }
            }
            case APP_BASE_PATH -> {
                int surplus = mapping.surplus(in, from, end, cursor);
                if (surplus > 0) {
                    output.replace(from, from + surplus, NOTHING);
                }
            }
        }
    }

    private boolean isPrefix(int from, int end) {
        byte[] prefix = mapping.prefixBytes();
        return Arrays.equals(in, from, end, prefix, 0, prefix.length);
    }

    private void map(int from, int end, boolean html) {
        if (mapping.map(in, from, end, html, cursor, edit)) {
            output.replace(edit.from, edit.to, edit.slash ? mapping.prefixAndSlash() : mapping.prefixBytes());
        }
    }

    /** {@code srcset}: URLs with descriptors, separated by commas (WHATWG HTML, section 4.8.4.2.1). */
    private void mapList(int from, int end) {
        characters.begin(in, from, end, true);
        while (characters.current() != ValueCursor.END) {
            while (characters.isAtSpace() || characters.current() == ',') {
                characters.advance();
            }
            int url = characters.index();
            int urlEnd = skipUrl();
            if (url < urlEnd) {
                map(url, urlEnd, true);
            }
            if (urlEnd == characters.index()) {
                skipDescriptors();
            }
        }
    }

    /** Skips a URL of a list, and returns where it ends: before the commas that end it. */
    private int skipUrl() {
        int end = characters.index();
        while (characters.current() != ValueCursor.END && !characters.isAtSpace()) {
            boolean comma = characters.current() == ',';
            characters.advance();
            end = comma ? end : characters.index();
        }
        return end;
    }

    private void skipDescriptors() {
        boolean parenthesis = false;
        boolean within = true;
        while (within && characters.current() != ValueCursor.END) {
            int c = characters.current();
            within = c != ',' || parenthesis;
            parenthesis = c == '(' || (parenthesis && c != ')');
            characters.advance();
        }
    }

    private boolean isRefresh(int from, int end) {
        characters.begin(in, from, end, true);
        return MetaRefresh.isName(characters);
    }

    private void mapRefresh(int from, int end) {
        characters.begin(in, from, end, true);
        int quote = MetaRefresh.skipToUrl(characters);
        int url = characters.index();
        MetaRefresh.skipToUrlEnd(quote, characters);
        if (url < characters.index()) {
            map(url, characters.index(), true);
        }
    }
}
