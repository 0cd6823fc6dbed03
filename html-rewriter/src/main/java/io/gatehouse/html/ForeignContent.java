// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Whether the next tag stands in HTML, SVG or MathML (WHATWG HTML, section 13.2.6.5): in the latter two {@code script},
 * {@code style} and {@code title} hold ordinary markup, and there are CDATA sections. Follows the elements that lead from one
 * into the other, without a tree; {@code annotation-xml} is taken for MathML whatever its encoding.
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
    private int depth;

    boolean isHtml() {
        return current() == Namespace.HTML;
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
    boolean onStartTag(Element element, boolean styled, boolean selfClosing) {
        if (!isHtml() && (element.isHtmlOnly() || (element == Element.FONT && styled))) {
            leaveForeign();
        }
        Namespace here = current();
        Namespace inside = inside(element);
        boolean nested = (element == Element.SVG && here == Namespace.SVG)
                || (element == Element.MATH && here == Namespace.MATH_ML);
        if ((inside != here || nested) && !selfClosing) {
            open[depth++] = inside;
        }
        return here == Namespace.HTML;
    }

    /** Where the content of an element stands that begins here. */
    private Namespace inside(Element element) {
        Namespace here = current();
        return switch (element) {
            case SVG -> here == Namespace.MATH_ML ? here : Namespace.SVG;
            case MATH -> here == Namespace.SVG ? here : Namespace.MATH_ML;
            case SVG_HTML, TITLE -> here == Namespace.SVG ? Namespace.HTML : here;
            case MATH_TEXT -> here == Namespace.MATH_ML ? Namespace.HTML : here;
            default -> here;
        };
    }

    void onEndTag(Element element) {
        if (depth == 0) {
            return;
        }
        Namespace outside = depth == 1 ? Namespace.HTML : open[depth - 2];
        boolean leaves = switch (current()) {
            case SVG -> element == Element.SVG;
            case MATH_ML -> element == Element.MATH;
            case HTML ->
                outside == Namespace.SVG
                        ? element == Element.SVG_HTML || element == Element.TITLE
                        : element == Element.MATH_TEXT;
        };
        if (leaves) {
            depth--;
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
