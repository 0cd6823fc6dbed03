// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    private static final Map<String, Attribute> NAMES = Map.ofEntries(
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
            Map.entry("size", FONT_STYLE));

    private static final NameTable<Attribute> TABLE = new NameTable<>(NAMES, OTHER);

    /** So many of a name's last letters tell nearly all names from those of links, which have as many at least. */
    private static final int ENDING = 3;

    /** What the names end with that are links in any element. */
    private static final Set<String> ENDINGS_OF_LINKS = NAMES.entrySet().stream()
            .filter(name -> name.getValue() == URL || name.getValue() == URL_LIST)
            .map(name -> name.getKey().substring(name.getKey().length() - ENDING))
            .collect(Collectors.toUnmodifiableSet());

    private static final NameTable<Boolean> LINK_ENDINGS =
            new NameTable<>(ENDINGS_OF_LINKS.stream().collect(Collectors.toMap(ending -> ending, _ -> true)), false);

    /** A bit for each of their last letters, modulo 64, and for what stands before an equals sign that ends no name or has space before it. */
    private static final long LINK_ENDS = linkEnds();

    private static long linkEnds() {
        String letters = ENDINGS_OF_LINKS.stream()
                .map(ending -> ending.substring(ENDING - 1))
                .collect(Collectors.joining());
        return (letters + letters.toUpperCase(Locale.ROOT) + " \t\n\f\r/\"")
                .chars()
                .mapToLong(b -> 1L << b)
                .reduce(0, (one, other) -> one | other);
    }

    static Attribute of(long name) {
        return TABLE.find(name);
    }

    /**
     * Whether the attribute whose name ends before an equals sign may be a link, in an element that is like most. Says yes too often, also
     * where that sign is no name's; it needs no name for that, of which the reading is most of what an attribute costs.
     *
     * @param equalsSign a position in a tag, at least three bytes behind its {@code <}
     */
    static boolean mayBeLink(byte[] in, int equalsSign) {
        return (LINK_ENDS >>> in[equalsSign - 1] & 1) != 0 && endsAsLink(in, equalsSign);
    }

    private static boolean endsAsLink(byte[] in, int end) {
        long ending = Names.EMPTY;
        for (int at = end - ENDING; at < end; at++) {
            ending = Names.appendFolded(ending, in[at]);
        }
        return !Names.isLetter(in[end - 1]) || LINK_ENDINGS.find(ending);
    }
}
