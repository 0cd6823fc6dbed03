// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.check;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.jsoup.select.Elements;
import org.jspecify.annotations.Nullable;

/**
 * Compares a page as the ui door shows it with the same page as its driver sends it. Both are read by jsoup, so that nothing is judged by the
 * code that rewrites. Text is not compared: it changes while an application runs.
 */
public final class PageComparison {
    private static final Set<String> LINKS =
            Set.of("href", "xlink:href", "src", "action", "formaction", "poster", "srcset", "imagesrcset", "data");
    private static final Pattern ROOT = Pattern.compile("setUIRoot\\s*\\(\\s*['\"]([^'\"]*)['\"]");
    /** Enough to see what is wrong with a page of a thousand rows. */
    private static final int MOST = 100;

    private final String prefix;
    private final String door;
    private final String driver;
    private final List<PageDifference> differences = new ArrayList<>();

    private PageComparison(String prefix, String door, String driver) {
        this.prefix = prefix;
        this.door = door;
        this.driver = driver;
    }

    /**
     * What is wrong with {@code shown}; at most 100 differences.
     *
     * @param shown the page from the door
     * @param sent the same page from the driver
     * @param url where the door has it
     * @param driver where the driver has it
     * @param prefix the path below which the door has the application, without a slash at its end
     */
    public static List<PageDifference> of(String shown, String sent, URI url, URI driver, String prefix) {
        PageComparison comparison = new PageComparison(prefix, url.getRawAuthority(), driver.getRawAuthority());
        comparison.compare(parse(shown), parse(sent));
        return comparison.differences;
    }

    private static Document parse(String page) {
        return Parser.htmlParser().parseInput(page, "");
    }

    private void compare(Document shown, Document sent) {
        Elements ours = shown.getAllElements();
        Elements theirs = sent.getAllElements();
        int both = Math.min(ours.size(), theirs.size());
        for (int i = 0; i < both && differences.size() < MOST; i++) {
            Element element = ours.get(i);
            if (!element.nodeName().equals(theirs.get(i).nodeName())) {
                add(
                        PageDifference.Kind.STRUCTURE,
                        i,
                        element,
                        "the driver has a " + theirs.get(i).nodeName() + " here");
                return;
            }
            compare(i, element, theirs.get(i));
        }
        if (ours.size() != theirs.size()) {
            add(
                    PageDifference.Kind.STRUCTURE,
                    both - 1,
                    ours.get(both - 1),
                    ours.size() + " elements, the driver has " + theirs.size());
        }
    }

    private void compare(int index, Element shown, Element sent) {
        for (Attribute attribute : shown.attributes()) {
            String name = attribute.getKey().toLowerCase(Locale.ROOT);
            String theirs = sent.attr(attribute.getKey());
            if (LINKS.contains(name)) {
                compareLinks(index, shown, name, attribute.getValue(), theirs);
            } else if (!changesByItself(shown, name)
                    && !name.equals("nonce")
                    && !attribute.getValue().equals(theirs)) {
                add(
                        PageDifference.Kind.CHANGED,
                        index,
                        shown,
                        name + "=\"" + attribute.getValue() + "\", the driver has \"" + theirs + '"');
            }
        }
        for (Attribute attribute : sent.attributes()) {
            if (!shown.hasAttr(attribute.getKey())) {
                add(PageDifference.Kind.CHANGED, index, shown, "the driver has " + attribute.html() + " here");
            }
        }
        if (shown.nodeName().equals("script")) {
            compareRoots(index, shown);
        }
    }

    /** Of a list of links each for itself, with the descriptors between them. */
    private void compareLinks(int index, Element element, String name, String shown, String sent) {
        String[] ours = name.endsWith("srcset") ? shown.strip().split("[\\s,]+", -1) : new String[] {shown};
        String[] theirs = name.endsWith("srcset") ? sent.strip().split("[\\s,]+", -1) : new String[] {sent};
        for (int i = 0; i < ours.length; i++) {
            compareLink(index, element, name, ours[i], i < theirs.length ? theirs[i] : "");
        }
    }

    /** What changes from one second to the next while an application runs, or is a refresh, whose URL browsers hardly meet. */
    private static boolean changesByItself(Element element, String name) {
        return (element.nodeName().equals("meta") && name.equals("content"))
                || name.equals("style")
                || name.startsWith("aria-");
    }

    private void compareLink(int index, Element element, String name, String shown, String sent) {
        String path = pathAt(door, shown);
        if (path == null && pathAt(driver, shown) != null) {
            add(PageDifference.Kind.ESCAPES, index, element, name + "=\"" + shown + "\" leads past the door");
        } else if (path != null && !isBelow(path)) {
            add(PageDifference.Kind.ESCAPES, index, element, name + "=\"" + shown + "\" is not below " + prefix);
        } else if (!shown.equals(sent) && (path == null || !sent.endsWith(path.substring(prefix.length())))) {
            add(
                    PageDifference.Kind.CHANGED_LINK,
                    index,
                    element,
                    name + "=\"" + shown + "\", the driver has \"" + sent + '"');
        }
    }

    /** The path of a link that a browser takes there from a page that is there; null for relative ones, and for those to other hosts. */
    private static @Nullable String pathAt(String authority, String link) {
        String own = "(?i)(https?:)?//" + Pattern.quote(authority) + "(?=/|$)";
        String path = link.strip().replaceFirst("^" + own, "");
        return path.startsWith("/") && !path.startsWith("//") ? path : null;
    }

    private boolean isBelow(String path) {
        return path.startsWith(prefix)
                && (path.length() == prefix.length() || "/?#".indexOf(path.charAt(prefix.length())) >= 0);
    }

    private void compareRoots(int index, Element script) {
        Matcher root = ROOT.matcher(script.data());
        while (root.find()) {
            if (!root.group(1).equals(prefix)) {
                add(
                        PageDifference.Kind.ESCAPES,
                        index,
                        script,
                        root.group() + "…: scripts would not ask below " + prefix);
            }
        }
    }

    private void add(PageDifference.Kind kind, int index, Element element, String text) {
        differences.add(new PageDifference(kind, "element " + index + ", " + element.nodeName(), text));
    }
}
