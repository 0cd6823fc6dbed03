// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Writes YAML for people: indented keys, and comments that are wrapped. */
final class YamlText {
    static final String INDENT = "  ";

    private static final int WIDTH = 100;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9./][A-Za-z0-9./_-]*");

    /** Whatever YAML takes for the end of a line, and so of a comment, and what it allows nowhere. */
    private static final Pattern ENDS_LINE = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    private final StringBuilder out = new StringBuilder();

    /** A text in quotes, unless YAML takes it for a text as it is. */
    static String scalar(String text) {
        return PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null")
                ? text
                : "'" + text.replace("'", "''") + "'";
    }

    void line(String text) {
        out.append(text).append('\n');
    }

    /** One paragraph, whatever it holds. */
    void comment(String indent, String text) {
        for (String line : wrapped(ENDS_LINE.matcher(text).replaceAll("?"), WIDTH - indent.length())) {
            line(indent + "# " + line);
        }
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width && rest.lastIndexOf(' ', width) > 0) {
            int cut = rest.lastIndexOf(' ', width);
            lines.add(rest.substring(0, cut));
            rest = rest.substring(cut + 1);
        }
        lines.add(rest);
        return lines;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
