// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.LeafNode;
import org.jsoup.nodes.Node;
import org.jsoup.parser.Parser;

/**
 * What jsoup makes of a page before and after: the same tree, in which only links differ, and those as a second, slow and simple
 * reading of the rules wants them.
 */
final class TreeOracle {
    private static final Set<String> LINKS = Set.of("href", "xlink:href", "src", "action", "formaction", "poster");
    private static final Set<String> LISTS = Set.of("srcset", "imagesrcset");
    private static final Pattern WITH_HOST = Pattern.compile("(?is)(?:https?:)?[/\\\\]{2}([^/\\\\?#]*)(.*)");
    private static final Pattern REFRESH =
            Pattern.compile("(?is)(\\s*[0-9.]+(?:[;,]|\\s)\\s*[;,]?\\s*(?:url\\s*=\\s*)?)(['\"]?)(.*)");

    private final String prefix;
    private final Set<String> hosts;

    TreeOracle(String prefix, Set<String> hosts) {
        this.prefix = prefix;
        this.hosts = hosts;
    }

    void check(String before, String after) {
        List<String> expected = flatten(parse(before), true);
        List<String> actual = flatten(parse(after), false);
        assertThat(actual).as("the tree of %s", after).isEqualTo(expected);
    }

    private static Document parse(String page) {
        return Parser.htmlParser().parseInput(page, "");
    }

    /** One line for each node, in document order, with its depth. */
    private List<String> flatten(Document document, boolean mapped) {
        List<String> lines = new ArrayList<>();
        document.traverse((node, depth) -> {
            StringBuilder line = new StringBuilder(depth + " " + node.nodeName());
            if (node instanceof LeafNode leaf && !(node instanceof Element)) {
                line.append(' ').append(leaf.outerHtml());
            }
            for (Attribute attribute : node.attributes()) {
                String value = value(node, attribute);
                line.append(' ')
                        .append(attribute.getKey())
                        .append('=')
                        .append(mapped ? map(node, attribute, value) : value);
            }
            lines.add(line.toString());
        });
        return lines;
    }

    /** Without what a browser skips in a URL, where it is one. */
    private static String value(Node node, Attribute attribute) {
        boolean url = isLink(node, attribute);
        return url ? clean(attribute.getValue()) : attribute.getValue();
    }

    private static String clean(String url) {
        int from = 0;
        while (from < url.length() && url.charAt(from) <= ' ') {
            from++;
        }
        return url.substring(from).replaceAll("[\t\r\n]", "");
    }

    private static boolean isLink(Node node, Attribute attribute) {
        String name = attribute.getKey().toLowerCase(Locale.ROOT);
        return !node.nodeName().equals("meta")
                && (LINKS.contains(name)
                        || (name.equals("data") && node.nodeName().equals("object")));
    }

    private String map(Node node, Attribute attribute, String value) {
        String name = attribute.getKey().toLowerCase(Locale.ROOT);
        if (isLink(node, attribute)) {
            return map(value);
        }
        if (LISTS.contains(name) && !node.nodeName().equals("meta")) {
            return mapList(value);
        }
        boolean refresh = node.nodeName().equals("meta")
                && name.equals("content")
                && node.attr("http-equiv").equalsIgnoreCase("refresh");
        Matcher matcher = REFRESH.matcher(value);
        return refresh && matcher.matches() ? matcher.group(1) + matcher.group(2) + mapBehind(matcher.group(3)) : value;
    }

    /** Of a refresh: what a browser skips before the URL stays. */
    private String mapBehind(String url) {
        String clean = clean(url);
        String mapped = map(clean);
        return mapped.equals(clean) ? url : mapped;
    }

    private String mapList(String list) {
        StringBuilder out = new StringBuilder();
        for (String candidate : list.splitWithDelimiters(",\\s+", -1)) {
            int url = 0;
            while (url < candidate.length() && (candidate.charAt(url) <= ' ' || candidate.charAt(url) == ',')) {
                url++;
            }
            int end = url;
            while (end < candidate.length() && candidate.charAt(end) > ' ') {
                end++;
            }
            out.append(candidate, 0, url)
                    .append(map(candidate.substring(url, end)))
                    .append(candidate, end, candidate.length());
        }
        return out.toString();
    }

    private String map(String url) {
        Matcher absolute = WITH_HOST.matcher(url);
        String path;
        if (absolute.matches()) {
            if (!hosts.contains(absolute.group(1).toLowerCase(Locale.ROOT))) {
                return url;
            }
            path = absolute.group(2);
        } else if (url.startsWith("/") || url.startsWith("\\")) {
            path = url;
        } else {
            return url;
        }
        if (path.matches("(?s)" + Pattern.quote(prefix) + "([/\\\\?#].*)?")) {
            return path;
        }
        return prefix + (path.matches("(?s)[/\\\\].*") ? "" : "/") + path;
    }
}
