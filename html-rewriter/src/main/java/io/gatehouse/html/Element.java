// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Elements that change how what follows is read (WHATWG HTML, sections 13.2.6.2 and 13.2.6.5); all others are alike. */
enum Element {
    /** Any that is not named here. */
    OTHER,
    SCRIPT,
    /** Text up to its end tag, without character references. */
    RAW_TEXT,
    TEXTAREA,
    /** Text in HTML; in SVG an element whose content is HTML. */
    TITLE,
    PLAINTEXT,
    META,
    OBJECT,
    SVG,
    MATH,
    /** In SVG, elements whose content is HTML. */
    SVG_HTML,
    /** In MathML, elements whose content is HTML. */
    MATH_TEXT,
    /** Ends foreign content where it has an attribute for looks. */
    FONT,
    /** End foreign content, with their end tags too. */
    PARAGRAPH,
    /** Ends foreign content. */
    HTML_ONLY;

    private static final NameTable<Element> TABLE = table();

    private static final NameTable<Boolean> VOID = voids();

    /** Whether HTML's element of that name has no content and no end tag; the last two are such where they stand in MathML's text. */
    static boolean isVoid(long name) {
        return VOID.find(name);
    }

    static Element of(long name) {
        return TABLE.find(name);
    }

    /** Whether nothing changes behind its tags, outside of drawings, and its attributes are like most. */
    boolean isOrdinary() {
        return this == OTHER || this == HTML_ONLY || this == PARAGRAPH;
    }

    /** Whether a start tag of it cannot stand in SVG or MathML, and so ends them. */
    boolean isHtmlOnly() {
        return this == HTML_ONLY || this == PARAGRAPH || this == META;
    }

    private static NameTable<Boolean> voids() {
        Map<String, Boolean> voids = new HashMap<>();
        String names =
                "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
                        + " mglyph malignmark";
        for (String name : names.split(" ", -1)) {
            voids.put(name, true);
        }
        return new NameTable<>(voids, false);
    }

    private static NameTable<Element> table() {
        Map<String, Element> table = new HashMap<>();
        all(
                table,
                HTML_ONLY,
                "b big blockquote body center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu nobr"
                        + " ol pre ruby s small span strong strike sub sup table tt u ul var");
        all(table, RAW_TEXT, "style xmp iframe noembed noframes");
        all(table, SVG_HTML, "foreignobject desc");
        all(table, MATH_TEXT, "mi mo mn ms mtext");
        all(table, PARAGRAPH, "p br");
        for (Element one : List.of(SCRIPT, TEXTAREA, TITLE, PLAINTEXT, META, OBJECT, SVG, MATH, FONT)) {
            all(table, one, one.name().toLowerCase(Locale.ROOT));
        }
        return new NameTable<>(table, OTHER);
    }

    private static void all(Map<String, Element> table, Element element, String names) {
        for (String name : names.split(" ", -1)) {
            table.put(name, element);
        }
    }
}
