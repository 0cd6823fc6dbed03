// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Whether the next tag stands in HTML, SVG or MathML (WHATWG HTML, section 13.2.6.5): in the latter two {@code script},
 * {@code style} and {@code title} hold ordinary markup, and there are CDATA sections. Follows the elements that lead from one
 * into the other, without a tree: a drawing that is open when the element around it ends counts as open until the next element that only
 * HTML has; {@code annotation-xml} is taken for MathML whatever its encoding.
 */
final class ForeignContent {
    private enum Namespace {
        HTML,
        SVG,
        MATH_ML
    }

    /** Nobody nests drawings and text in each other as deeply. */
    private static final int DEEPEST = 64;

    private final Namespace[] open = new Namespace[DEEPEST];
    /** The name of the element that opened each of them. */
    private final long[] opener = new long[DEEPEST];
    /** How many elements of that name are open within it. */
    private final int[] namesakes = new int[DEEPEST];

    private int depth;

    boolean isHtml() {
        return current() == Namespace.HTML;
    }

    /** Whether no drawing is open around what follows, so that end tags do not matter. */
    boolean isOutside() {
        return depth == 0;
    }

    /** Whether what follows can no longer be told. */
    boolean isTooDeep() {
        return depth == DEEPEST;
    }

    private Namespace current() {
        return depth == 0 ? Namespace.HTML : open[depth - 1];
    }

    /**
     * A tag begins an element.
     *
     * @param styled whether it is a {@code font} with an attribute for looks
     * @return whether the element itself is one of HTML
     */
    boolean onStartTag(long name, Element element, boolean styled, boolean selfClosing) {
        if (!isHtml() && (element.isHtmlOnly() || (element == Element.FONT && styled))) {
            leaveForeign();
        }
        Namespace here = current();
        Namespace inside = inside(element, here);
        if (inside != here && !selfClosing) {
            open[depth] = inside;
            opener[depth] = name;
            namesakes[depth] = 0;
            depth++;
        } else if (depth > 0 && opener[depth - 1] == name && !(selfClosing && here != Namespace.HTML)) {
            namesakes[depth - 1]++;
        }
        return here == Namespace.HTML;
    }

    /** Where the content of an element stands that begins here. */
    private static Namespace inside(Element element, Namespace here) {
        return switch (here) {
            case HTML -> element == Element.SVG ? Namespace.SVG : element == Element.MATH ? Namespace.MATH_ML : here;
            case SVG -> element == Element.SVG_HTML || element == Element.TITLE ? Namespace.HTML : here;
            case MATH_ML -> element == Element.MATH_TEXT ? Namespace.HTML : here;
        };
    }

    void onEndTag(long name, Element element) {
        if (depth == 0) {
            return;
        }
        if (opener[depth - 1] == name) {
            if (namesakes[depth - 1] > 0) {
                namesakes[depth - 1]--;
            } else {
                depth--;
            }
        } else if (element == Element.PARAGRAPH && !isHtml()) {
            leaveForeign();
        }
    }

    private void leaveForeign() {
        while (!isHtml()) {
            depth--;
        }
    }
}
