// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Pages put together of what is hard about HTML, with jsoup as the judge. */
class HtmlRewriterProperties {
    private static final TreeOracle ORACLE = new TreeOracle("/sparkui/app-1", Set.of("10.0.0.7:4040", "gate.example"));

    @Property(tries = 2_000)
    void onlyLinksChangeInTheTree(@ForAll("pages") String page) {
        // What an end tag of HTML closes in foreign content takes a tree to know; see inDrawings for what is closed as
        // it should be.
        Assume.that(!page.contains("<svg>") && !page.contains("<math>"));
        // jsoup ends a script within noscript too early.
        Assume.that(!page.contains("<noscript>") || !page.contains("<script>"));
        ORACLE.check(page, Rewriting.whole(Rewriting.MAPPING, page));
    }

    @Property(tries = 1_000)
    void inDrawingsToo(@ForAll("drawings") String page) {
        ORACLE.check(page, Rewriting.whole(Rewriting.MAPPING, page));
    }

    @Property(tries = 1_000)
    void anyCutGivesTheSame(@ForAll("pages") String page, @ForAll("cuts") List<Integer> cuts) {
        byte[] bytes = Rewriting.bytes(page);
        int[] within = cuts.stream()
                .filter(cut -> cut <= bytes.length)
                .mapToInt(Integer::intValue)
                .toArray();

        assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, bytes, within)))
                .isEqualTo(Rewriting.whole(Rewriting.MAPPING, page));
    }

    @Property(tries = 1_000)
    void rewritingTwiceChangesNothing(@ForAll("pages") String page) {
        String once = Rewriting.whole(Rewriting.MAPPING, page);

        assertThat(Rewriting.whole(Rewriting.MAPPING, once)).isEqualTo(once);
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers()
                .between(0, 400)
                .list()
                .ofMaxSize(20)
                .map(list -> list.stream().sorted().toList());
    }

    @Provide
    Arbitrary<String> pages() {
        return Arbitraries.oneOf(
                        Arbitraries.of(PIECES),
                        link(),
                        Arbitraries.of("<", ">", "/", "=", "\"", "'", " ", "-", "!", "a", "\n", "]"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(30)
                .map(pieces -> String.join("", pieces));
    }

    /** HTML, SVG and MathML within each other, each closed. */
    @Provide
    Arbitrary<String> drawings() {
        return html(3);
    }

    /** Without scripts in SVG: jsoup takes them for text, browsers and the standard for markup. */
    private static Arbitrary<String> html(int depth) {
        Arbitrary<String> leaf = Arbitraries.of(
                "<style><a href=/x></style>",
                "<title><a href=/x></title>",
                "<script>'<a href=/x>'</script>",
                "<![CDATA[<a href=/x>]]>",
                "<![CDATA[><a href=/x></a>]]>",
                "<a href=/x></a>",
                "<br><img src=/x>",
                "<svg/>",
                "<math/>",
                "text");
        return depth == 0
                ? sequence(leaf)
                : sequence(Arbitraries.oneOf(
                        leaf,
                        inside("div", html(depth - 1)),
                        inside("svg", svg(depth - 1)),
                        inside("math", math(depth - 1))));
    }

    private static Arbitrary<String> svg(int depth) {
        Arbitrary<String> leaf = Arbitraries.of(
                "<style><a href=/x></a></style>",
                "<![CDATA[<a href=/x>]]>",
                "<![CDATA[><a href=/x></a>]]>",
                "<a href=/x></a>",
                "<g/>",
                "<foreignObject/>",
                "<math></math>");
        return depth == 0
                ? sequence(leaf)
                : sequence(Arbitraries.oneOf(
                        leaf,
                        inside("g", svg(depth - 1)),
                        inside("svg", svg(depth - 1)),
                        inside("foreignObject", html(depth - 1)),
                        inside("desc", html(depth - 1)),
                        inside("title", html(depth - 1))));
    }

    private static Arbitrary<String> math(int depth) {
        Arbitrary<String> leaf =
                Arbitraries.of("<style><a href=/x></a></style>", "<![CDATA[><a href=/x></a>]]>", "<svg></svg>");
        return depth == 0
                ? sequence(leaf)
                : sequence(Arbitraries.oneOf(leaf, inside("mrow", math(depth - 1)), inside("mi", html(depth - 1))));
    }

    private static Arbitrary<String> sequence(Arbitrary<String> part) {
        return part.list().ofMaxSize(4).map(parts -> String.join("", parts));
    }

    private static Arbitrary<String> inside(String element, Arbitrary<String> content) {
        return content.map(text -> "<" + element + ">" + text + "</" + element + ">");
    }

    private static Arbitrary<String> link() {
        Arbitrary<String> element = Arbitraries.of("a", "img", "form", "object", "use", "td", "LINK", "video");
        Arbitrary<String> attribute =
                Arbitraries.of("href", "SRC", "action", "data", "poster", "srcset", "xlink:href", "class");
        Arbitrary<String> quote = Arbitraries.of("\"", "'", "");
        Arbitrary<String> url = Arbitraries.of(
                "/jobs/",
                "/",
                "//other.example/x",
                "http://gate.example/x",
                "http://gate.example",
                "https://other.example/",
                "/sparkui/app-1/x",
                "/sparkui/app-12",
                "//10.0.0.7:4040?q",
                "x",
                "#x",
                "\\x",
                "&#47;x",
                "&sol;x",
                "/x?a=1&amp;b=2",
                "&#32;/x",
                "/a&#44; /b&comma;&Tab;&#47;c",
                "\t/x",
                "/&quot;",
                "mailto:x");
        return Combinators.combine(element, attribute, quote, url)
                .as((e, a, q, u) -> "<" + e + " id=1 " + a + "=" + q + u + q + ">");
    }

    private static final List<String> PIECES = List.of(
            "<5 ",
            "<{ ",
            "<~x ",
            "                    ",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<textarea>",
            "</textarea>",
            "<title>",
            "</title>",
            "<!--",
            "-->",
            "--!>",
            "<!-->",
            "<![CDATA[",
            "]]>",
            "<svg>",
            "</svg>",
            "<svg/>",
            "<math>",
            "</math>",
            "<mi>",
            "</mi>",
            "<foreignObject>",
            "</foreignObject>",
            "<desc>",
            "</desc>",
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<table><tr><td>",
            "</table>",
            "<br>",
            "</br>",
            "<font>",
            "<font color=x>",
            "<b>",
            "</b>",
            "<noscript>",
            "</noscript>",
            "<iframe>",
            "</iframe>",
            "<xmp>",
            "</xmp>",
            "<!DOCTYPE html>",
            "<?xml ?>",
            "</",
            "</>",
            "<a href=/x",
            " href=/y ",
            "text",
            "&lt;",
            "<a/href=/z/>",
            "<script><!--<script>",
            "--></script>",
            "<meta http-equiv=refresh content='0;url=/x'>",
            "<meta content=\"1, URL = '/y\" http-equiv=Refresh>",
            "<meta content='&#49;&semi; u&#114;l=&quot;/y&quot;' http-equiv=&#82;efresh>",
            "<base href=/x/>");
}
