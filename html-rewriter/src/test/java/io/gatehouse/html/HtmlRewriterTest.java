// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlRewriterTest {
    /** Each {@code @} is where the prefix has to be put. */
    static final List<String> PAGES = List.of(
            "<a href=\"@/jobs/\">x</a>",
            "<a href='@/jobs/'>x</a>",
            "<a href=@/jobs/>x</a>",
            "<a href=@/jobs/ class=x>x</a>",
            "<A HREF = \"@/jobs/\" >x</A>",
            "<a\nhref\n=\n@/jobs/\n>x</a>",
            "<a class=x/href=/y href=@/z>",
            "<a class=\"a>b\" href=\"@/jobs/\">",
            "<a =\"x>y\" href=/not-a-link>",
            "<a b'c=d' href=@/x>",
            "<a<b href=\"@/x\" c=\"/y\"><script<b>\"<a href='@/x'>\"</script>           ",
            "<a=b href=\"@/x\"><script=b><a href='@/x'></script>                        ",
            "<a \"b\"=\">\" href=\"@/x\">             ",
            "<a href?=\"/x\" href<=\"/x\" href\0=\"/x\" hrefs=\"/x\" data-href=\"/x\" src=\"@/x\"a=\"/x\"href=\"@/x\">             ",
            "</a=\"><a href=@/x c=\">\"></b =\"><a href=@/y c=\">\"></c d=\"><a href=/x>\"></ e=\"><a href=@/z c=\">\">                ",
            "<a hrefMMMMMMMMMMMMMMMM=\"/x\" hrefabcdefghABCDEFGH=\"/x\">             ",
            "<a class=\"b\"=\"><a href=@/x c=\">\"><a/=\"><a href=@/y c=\">\"><a =\"><a href=@/z c=\">\">                             ",
            "<a x\"\"><a href=@/x c=\">\"><a b=c><a href=@/y c=\">\">                    ",
            "<a \t=\"><a href=@/x c=\">\"><a \n=\"><a href=@/y c=\">\"><a \f=\"><a href=@/z c=\">\"><a \r=\"><a href=@/y c=\">\">    ",
            "<a href =\"@/x\"><a hreF=\"@/x\"><IMG SRC=\"@/x\" class=\"y\"><a b c=d href=\"@/x\"><a b='\"' href=\"@/x\">          ",
            "<form method=\"post\" action=\"@/x\"><video poster=\"@/x\"><button formaction=\"@/x\"><img srcset=\"@/x 1x\">            ",
            "<p title=\"a?b=c&d<e>f\">x=\"y\"?<br/><a title=\"/x\" xlink:href=\"@/x\"></p><Style><a href=\"/x\"></sTyle>              ",
            "<textarea><a href=\"/x\"></textarea><noframes><a href=\"/x\"></noframes><a href=\"@/x\">                               ",
            "<a href=@/x/>",
            "<a href=>/x",
            "<link rel=stylesheet href=\"@/static/a.css\"/><script src=\"@/static/a.js\"></script>",
            "<img src=@/a.png srcset=\"@/a.png 1x, @/b.png 2x,c.png,/d.png, @/e.png,\">",
            "<img srcset=\"@/a,b.png (x,/y) 1x, @/c\">",
            "<form action=\"@/kill\"><button formaction=@/x data=/y></button></form>",
            "<object data='@/x'></object><div data='/x'>",
            "<video poster=@/p.png src=@/v.mp4>",
            "<svg><use xlink:href='@/icons.svg#a' href=@/x></use></svg>",
            "<base href=\"@/x/\">",
            "<meta http-equiv=refresh content=\"0; url=@/jobs/\">",
            "<meta content=\"5;URL='@/jobs/'\" http-equiv=\"Refresh\">",
            "<meta content='0,@/jobs/' http-equiv='refresh'>",
            "<meta name=description content=\"0; url=/jobs/\">",
            "<meta http-equiv=refresh content=\"10\"><a href=@/x>",
            "<meta http-equiv=refresh content='0;url=@&#x2f;jobs/'>",
            "<meta http-equiv=refresh content=\"0; url=&quot;@/jobs/&quot;\">",
            "<meta http-equiv=refresh content=\"0; url=&#39;@/jobs/'x\">",
            "<meta http-equiv=refresh content=\"0; url=&apos;/sparkui/app-1&#39;x\">",
            "<meta http-equiv=&#82;efresh content=\"&#48;&semi;&nbsp;url=/jobs/\">",
            "<meta http-equiv=&#82;efresh content=\"&#48;&semi;&Tab;u&#x72;l&#32;&equals;@/jobs/\">",
            "<meta http-equiv=refresh content=\".5;@&sol;jobs/\">",
            "<meta http-equiv=refreſh content='0;url=/x'><meta http-equiv='refresh ' content='0;url=/x'>",
            "<img srcset='@/a?b=1&amp;c=2 1x, @&sol;b?c&amp;d 2x,//o/x&comma; 3x'>",
            "<img srcset='@/a 1x&#44; @/b&#32;2x&comma;@&#47;c&NewLine;(a&#44;/b&rpar; 3x&#44;&Tab;@/d'>",
            "<img srcset='@/a&comma; @/b&comma;&#44;&#32;@/c&#44;d 1x'>",
            "</a href=/x>",
            "<!-- <a href=/x> --><a href=@/x>",
            "<!--><a href=@/x>-->",
            "<!---><a href=@/x>-->",
            "<!-- --!><a href=@/x>-->",
            "<!-- - -- <a href=/x> ---><a href=@/x>",
            "<!x <a href=/x><a href=@/x>",
            "<!-x><a href=@/x>",
            "<!><a href=@/x>",
            "<?php <a href=/x><a href=@/x>",
            "</ <a href=/x><a href=@/x>",
            "</><a href=@/x>",
            "<!DOCTYPE html \"<a href=/x>\"><a href=@/x>",
            "a < b <a href=@/x> << <<a href=@/y>",
            "a <3 href=\"/x\" b                             >",
            "<{ href=\"/x\" y                     ><~x href=\"/x\">                     ",
            "<p>if n <5 then <script>s='<a href=\"/x\">';setUIRoot('@')</script>                     ",
            "</3 a=\"> href=/x                      \"><a href=\"@/x\">                     ",
            "<![CDATA[ <a href=/x>]]><a href=@/x>",
            "<svg><![CDATA[ <a href=/x> ]] > <a href=/x> ]]]><a href=@/x></svg>",
            "<svg><foreignObject><![CDATA[><a href=/x>]]><a href=@/x></a><br><![CDATA[><a href=/x>]]></foreignObject></svg>",
            "<svg><foreignObject><p><![CDATA[><a href=@/x></a>]]></p><![CDATA[><a href=/x>]]></foreignObject></svg>",
            "<svg><desc><![CDATA[><a href=/x>]]></desc><title><![CDATA[><a href=/x>]]><b/><![CDATA[><a href=@/x>]]>",
            "<svg><desc><script></script><svg/><svg><g></svg><![CDATA[><a href=/x>]]></desc></svg><![CDATA[><a href=@/x>",
            "<math><mi><![CDATA[><a href=/x>]]><mglyph/></mi><mtext></b><![CDATA[><a href=/x>]]><b><![CDATA[><a href=@/x>",
            "<math><annotation-xml encoding=text/html><![CDATA[><a href=/x>]]><p><![CDATA[><a href=@/x>]]>",
            "<svg><style><a href=@/x></style><title><a href=@/y></title></svg>",
            "<svg><svg></svg><![CDATA[<a href=/x>]]></svg><![CDATA[<a href=/x>]]>",
            "<svg/><style><a href=/x></style>",
            "<svg><foreignObject><style><a href=/x></style></foreignObject><style><a href=@/x></style></svg>",
            "<svg><p><style><a href=/x></style>",
            "<svg><font><style><a href=@/x></style></font><font color=red><style><a href=/x></style>",
            "<math><mi><style><a href=/x></style></mi><style><a href=@/x></style></math>",
            "<style><a href=/x></style><a href=@/x>",
            "<textarea></textareas><a href=/x></textarea ><a href=@/x>",
            "<title><a href=/x></TITLE\n><a href=@/x>",
            "<script>'<a href=/x>'</script><a href=@/x>",
            "<script><!-- <script></script><a href=/x> --></script><a href=@/x>",
            "<script><!-- <script </script/ <a href=/x></script><a href=@/x>",
            "<script><!-- <scriptx></script><a href=@/x>",
            "<script><!--></script><a href=@/x>",
            "<script><!-- </script><a href=@/x>",
            "<script><!-- <script> --></script><a href=@/x>",
            "<script></script x='/y' href=/z><a href=@/x>",
            "<iframe src=@/x><a href=/x></iframe><a href=@/x>",
            "<noscript><a href=@/x></noscript>",
            "<plaintext><a href=/x></plaintext>",
            "<script nonce=\"AbC/\">setUIRoot('@')</script>",
            "<script> setUIRoot ( \"@\" ) ;setAppBasePath('')</script>",
            "<script>setAppBasePath('/history/app-1')</script>",
            "<script type=module>import {a,b} from \"@/static/x.js\";import \"@/y.js\";import('@/z.js')</script>",
            "<script>import * as a\nfrom'@/x.js'\nexport {b} from \"./y.js\"</script>",
            "<script>var from = \"/x\"; q('select * from \"/tmp/a\"')</script>",
            "<script>mySetUIRoot('/x'); setUIRoots('/x')</script>",
            "<a href=\"@/x",
            "<a href=/x");

    @ParameterizedTest
    @FieldSource("PAGES")
    void linksShouldGetThePrefixAndNothingElse(String marked) {
        byte[] page = Rewriting.bytes(marked.replace("@", ""));
        String expected = unfinished(marked) ? marked.replace("@", "") : marked.replace("@", "/sparkui/app-1");

        assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page))).isEqualTo(expected);
    }

    @ParameterizedTest
    @FieldSource("PAGES")
    void itShouldNotMatterHowThePageIsCut(String marked) {
        byte[] page = Rewriting.bytes(marked.replace("@", ""));
        String expected = Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page));

        for (int cut = 0; cut <= page.length; cut++) {
            assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page, cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page, Rewriting.everywhere(page))))
                .as("byte by byte")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @FieldSource("PAGES")
    void aRewrittenPageShouldStayAsItIs(String marked) {
        String once = Rewriting.whole(Rewriting.MAPPING, marked.replace("@", ""));

        assertThat(Rewriting.whole(Rewriting.MAPPING, once)).isEqualTo(once);
    }

    /** A browser drops a tag that the page ends in. */
    private static boolean unfinished(String page) {
        return page.lastIndexOf('<') > page.lastIndexOf('>');
    }

    @Test
    void appBasePathShouldNotRepeatTheRoot() {
        LinkMapping mapping = Rewriting.MAPPING.withRoot("/driver-7");

        assertThat(Rewriting.whole(mapping, "<script>setUIRoot('/driver-7');setAppBasePath('/driver-7/x')</script>"))
                .isEqualTo("<script>setUIRoot('/sparkui/app-1');setAppBasePath('/x')</script>");
    }

    @Test
    void aPageWithNothingToChangeShouldLeaveInTheBuffersThatItCameIn() {
        ByteBuf first = Unpooled.copiedBuffer("<p>no links <a href=\"x\">", StandardCharsets.UTF_8);
        ByteBuf second = Unpooled.copiedBuffer(" here</a>", StandardCharsets.UTF_8);
        List<ByteBuf> out = new ArrayList<>();
        try (HtmlRewriter rewriter = new HtmlRewriter(Rewriting.MAPPING)) {
            rewriter.write(first, out::add);
            rewriter.write(second, out::add);
            rewriter.finish(out::add);
        }

        assertThat(out).hasSize(2);
        assertThat(out.get(0)).isSameAs(first);
        assertThat(out.get(1)).isSameAs(second);
        out.forEach(ByteBuf::release);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 2_047, 2_048, 8_191, 8_192, 100_000})
    void aLongLinkShouldGetThePrefixToo(int length) {
        String link = "/jobs/" + "x".repeat(length);
        byte[] page = Rewriting.bytes("<a href=\"" + link + "\"><a href=\"/y\">");
        String expected = "<a href=\"/sparkui/app-1" + link + "\"><a href=\"/sparkui/app-1/y\">";

        assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page))).isEqualTo(expected);
        assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, page, Rewriting.everywhere(page))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {2_048, 2_058, 3_000, 10_000})
    void aValueOfWhichAllIsNeededAndThatIsTooLongShouldPassAsItIs(int length) {
        String list = "/a.png 1x,".repeat(length / 10 + 1).substring(0, length);
        String refresh = "0; url=/x?" + "y".repeat(length - 10);
        String page = "<img srcset='" + list + "'><meta http-equiv=refresh content='" + refresh + "'><a href=@/x>";
        byte[] bytes = Rewriting.bytes(page.replace("@", ""));

        for (int[] cuts :
                new int[][] {{}, {500}, {length + 12}, {length + 60, 2 * length}, Rewriting.everywhere(bytes)}) {
            assertThat(Rewriting.text(Rewriting.rewrite(Rewriting.MAPPING, bytes, cuts)))
                    .isEqualTo(page.replace("@", "/sparkui/app-1"));
        }
    }

    @Test
    void aNameInAnotherEncodingShouldBeNoneOfTheKnown() {
        byte[] page = "<img s\u008d\u009c=\"/x\">".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Rewriting.rewrite(Rewriting.MAPPING, page)).isEqualTo(page);
    }

    @Test
    void aPageNestedBeyondMeasureShouldPassAsItIs() {
        String deep = "<a href=/x>" + "<svg><foreignObject>".repeat(40);

        assertThat(Rewriting.whole(Rewriting.MAPPING, deep + "<a href=/y>"))
                .isEqualTo(deep.replace("href=", "href=/sparkui/app-1") + "<a href=/y>");
    }

    @ParameterizedTest
    @CsvSource({
        "ISO-8859-1, größe",
        "windows-1251, задачи",
        "Shift_JIS, 表示ソート",
        "GB18030, 任务列表",
        "EUC-KR, 작업",
        "UTF-8, 表示 \uD83D\uDE00"
    })
    void encodingsInWhichAsciiStandsForItselfShouldPass(String name, String text) {
        Charset charset = Charset.forName(name);
        byte[] page =
                "<a title=\"%1$s\" href=\"/%1$s\">%1$s</a>".formatted(text).getBytes(charset);

        assertThat(new String(Rewriting.rewrite(Rewriting.MAPPING, page), charset))
                .isEqualTo("<a title=\"%1$s\" href=\"/sparkui/app-1/%1$s\">%1$s</a>".formatted(text));
    }
}
