// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Map;

/** Attributes of which the value matters. */
enum Attribute {
    OTHER,
    /** Its value is one URL. */
    URL,
    /** Its value is a list of URLs, each with a size. */
    URL_LIST,
    /** One URL, in an {@code object}. */
    DATA,
    /** In a {@code meta}: seconds and URL, where that is a refresh. */
    CONTENT,
    /** In a {@code meta}: whether it is a refresh. */
    HTTP_EQUIV,
    /** In a {@code font}: this one is HTML. */
    FONT_STYLE;

    private static final NameTable<Attribute> TABLE = new NameTable<>(
            Map.ofEntries(
                    Map.entry("href", URL),
                    Map.entry("xlink:href", URL),
                    Map.entry("src", URL),
                    Map.entry("action", URL),
                    Map.entry("formaction", URL),
                    Map.entry("poster", URL),
                    Map.entry("srcset", URL_LIST),
                    Map.entry("imagesrcset", URL_LIST),
                    Map.entry("data", DATA),
                    Map.entry("content", CONTENT),
                    Map.entry("http-equiv", HTTP_EQUIV),
                    Map.entry("color", FONT_STYLE),
                    Map.entry("face", FONT_STYLE),
                    Map.entry("size", FONT_STYLE)),
            OTHER);

    static Attribute of(long name) {
        return TABLE.find(name);
    }
}
