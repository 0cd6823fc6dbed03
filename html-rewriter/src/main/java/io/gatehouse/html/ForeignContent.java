// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Whether the next tag stands in HTML, SVG or MathML (WHATWG HTML, section 13.2.6.5): in the latter two {@code script},
 * {@code style} and {@code title} hold ordinary markup. CDATA sections are where the element around them is one of SVG or MathML (section
 * 13.2.5.42), which {@code foreignObject} is too, though its elements are HTML's.
 *
 * <p>Follows the elements that lead from one into the other, without a tree: a drawing that is open when the element around it ends counts
 * as open until the next element that only HTML has; {@code annotation-xml} is taken for MathML whatever its encoding; and of HTML in a
 * drawing, elements are counted as if each had its end tag.
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
    /** How many elements of HTML are open within each of those whose content is HTML. */
    private final int[] ofHtml = new int[DEEPEST];

    private int depth;

    boolean isHtml() {
        return current() == Namespace.HTML;
    }

    /** Whether the element around what follows is one of SVG or MathML, so that there may be CDATA sections. */
    boolean isInForeignElement() {
        return depth > 0 && (!isHtml() || ofHtml[depth - 1] == 0);
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
            ofHtml[depth] = 0;
            depth++;
        } else if (depth > 0) {
            count(name, here, inside, selfClosing);
        }
        return here == Namespace.HTML;
    }

    /** An element begins within that at the top, and leads nowhere else. */
    private void count(long name, Namespace here, Namespace inside, boolean selfClosing) {
        boolean html = here == Namespace.HTML;
        if (opener[depth - 1] == name && !(selfClosing && !html)) {
            namesakes[depth - 1]++;
        }
        if (html && inside == here && !Element.isVoid(name)) {
            ofHtml[depth - 1]++;
        }
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
        int top = depth - 1;
        if (opener[top] == name && namesakes[top] == 0) {
            depth--;
            return;
        }
        if (opener[top] == name) {
            namesakes[top]--;
        }
        if (isHtml()) {
            ofHtml[top] = Element.isVoid(name) ? ofHtml[top] : Math.max(0, ofHtml[top] - 1);
        } else if (element == Element.PARAGRAPH) {
            leaveForeign();
        }
    }

    private void leaveForeign() {
        while (!isHtml()) {
            depth--;
        }
    }
}
