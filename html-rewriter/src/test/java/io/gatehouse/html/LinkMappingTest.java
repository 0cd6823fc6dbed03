// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkMappingTest {
    private static final LinkMapping PLAIN = Rewriting.MAPPING;

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
            /                                     | /sparkui/app-1/
            /jobs/                                | /sparkui/app-1/jobs/
            /jobs/job/?id=1#top                   | /sparkui/app-1/jobs/job/?id=1#top
            /sparkui/app-10/jobs/                 | /sparkui/app-1/sparkui/app-10/jobs/
            /sparkui                              | /sparkui/app-1/sparkui
            http://10.0.0.7:4040/jobs/            | /sparkui/app-1/jobs/
            HTTPS://10.0.0.7:4040/jobs/           | /sparkui/app-1/jobs/
            //10.0.0.7:4040/jobs/                 | /sparkui/app-1/jobs/
            http://10.0.0.7:4040                  | /sparkui/app-1/
            http://10.0.0.7:4040?a=1              | /sparkui/app-1/?a=1
            http://gate.example/jobs/             | /sparkui/app-1/jobs/
            http://Gate.Example/sparkui/app-1/x   | /sparkui/app-1/x
            """)
    void aLinkOfTheServerShouldComeBelowThePrefix(String link, String expected) {
        assertThat(map(PLAIN, link)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jobs/",
                "?page=2",
                "#top",
                "./x",
                "../x",
                "/sparkui/app-1",
                "/sparkui/app-1/",
                "/sparkui/app-1/jobs/",
                "/sparkui/app-1?x",
                "http://10.0.0.7:4041/jobs/",
                "http://10.0.0.7/jobs/",
                "http://10.0.0.7:40400/",
                "http://user@10.0.0.7:4040/",
                "//other.example/jobs/",
                "/\\other.example/jobs/",
                "mailto:a@b",
                "javascript:void(0)",
                "data:text/html,/jobs/",
                "http:",
                "http:/jobs/",
                "http:jobs",
                "https://gate.example.org/"
            })
    void otherLinksShouldStay(String link) {
        assertThat(map(PLAIN, link)).isEqualTo(link);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /driver-7                      | /driver-7/jobs/                       | /sparkui/app-1/jobs/
            /driver-7                      | /driver-7                             | /sparkui/app-1/
            /driver-7                      | /driver-7?a                           | /sparkui/app-1/?a
            /driver-7                      | /driver-70/jobs/                      | /sparkui/app-1/driver-70/jobs/
            /driver-7                      | /jobs/                                | /sparkui/app-1/jobs/
            /driver-7                      | http://10.0.0.7:4040/driver-7/jobs/   | /sparkui/app-1/jobs/
            /sparkui                       | /sparkui/jobs/                        | /sparkui/app-1/jobs/
            /sparkui                       | /sparkui/app-1/jobs/                  | /sparkui/app-1/jobs/
            https://f.example/s/proxy/a    | https://f.example/s/proxy/a/jobs/     | /sparkui/app-1/jobs/
            https://f.example/s/proxy/a    | https://f.example/s/                  | https://f.example/s/
            https://f.example/s/proxy/a    | https://f.example/s/proxy/ab          | https://f.example/s/proxy/ab
            https://f.example/s/proxy/a    | /s/proxy/a/jobs/                      | /sparkui/app-1/s/proxy/a/jobs/
            https://f.example              | https://f.example/jobs/               | /sparkui/app-1/jobs/
            https://gate.example/s         | https://gate.example/history/         | https://gate.example/history/
            """)
    void whatTheServerPutsBeforeItsLinksShouldGo(String root, String link, String expected) {
        assertThat(map(PLAIN.withRoot(root), link)).isEqualTo(expected);
    }

    /** Prefix and root may be such that one begins with the other. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /proxy          | /proxy/x                 | /proxy/x/jobs/                        | /proxy/jobs/
            /proxy          | /proxy/x                 | /proxy/x                              | /proxy/
            /proxy          | /proxy/x                 | /proxy/xy                             | /proxy/xy
            /proxy          | /proxy/x                 | /proxy/jobs/                          | /proxy/jobs/
            /proxy          | /proxy/x                 | http://10.0.0.7:4040/proxy/x/jobs/    | /proxy/jobs/
            /proxy          | /proxy/x                 | &#47;proxy&#47;x/jobs/                | /proxy/jobs/
            /sparkui/app-1  | /sparkui                 | /sparkui/app-1/jobs/                  | /sparkui/app-1/jobs/
            /sparkui/app-1  | /sparkui                 | /sparkui/jobs/                        | /sparkui/app-1/jobs/
            /s/app-1        | https://f.example/s      | https://f.example/s/app-1/jobs/       | /s/app-1/jobs/
            /s/app-1        | https://f.example/s      | https://f.example/s/jobs/             | /s/app-1/jobs/
            /s              | https://f.example/s/a    | https://f.example/s/a/jobs/           | /s/jobs/
            /s/app-1        | https://f.example        | https://f.example/s/app-1/jobs/       | /s/app-1/jobs/
            /s              | /s                       | /s/s/jobs/                            | /s/s/jobs/
            """)
    void ofPrefixAndRootTheLongerShouldCount(String prefix, String root, String link, String expected) {
        LinkMapping mapping =
                LinkMapping.below(prefix, List.of("10.0.0.7:4040")).withRoot(root);

        assertThat(map(mapping, link)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/proxy, /proxy/x, /proxy/x/history/app-1, /history/app-1",
        "/proxy, /proxy/x, /proxy/history/app-1, /history/app-1",
        "/s/app-1, /s, /s/app-1/history/app-1, /history/app-1",
        "/s/app-1, https://f.example/s, /s/history/app-1, /history/app-1",
        "/s/app-1, /s, /history/app-1, /history/app-1",
        "/s/app-1, /s, ' /history/app-1', ' /history/app-1'"
    })
    void theLongerShouldGoFromWhatScriptsPutBehindTheRoot(String prefix, String root, String path, String expected) {
        LinkMapping mapping = LinkMapping.below(prefix, List.of()).withRoot(root);

        assertThat(Rewriting.whole(mapping, "<script>setAppBasePath('" + path + "')</script>"))
                .isEqualTo("<script>setAppBasePath('" + expected + "')</script>");
    }

    @ParameterizedTest
    @CsvSource({
        "gate.example, http://gate.example:80/x, true",
        "gate.example, https://gate.example:443/x, true",
        "gate.example, https://gate.example:0443/x, true",
        "gate.example, http://gate.example:/x, true",
        "gate.example:80, HTTP://gate.example/x, true",
        "gate.example:443, https://gate.example/x, true",
        "'[fd00::7]:80', 'http://[fd00::7]/x', true",
        "'[fd00::7]', 'http://[fd00::7]:80/x', true",
        "gate.example, https://gate.example:80/x, false",
        "gate.example, http://gate.example:443/x, false",
        "gate.example:443, http://gate.example/x, false",
        "gate.example:80, https://gate.example:443/x, false",
        "gate.example, http://gate.example:8080/x, false",
        "gate.example, http://gate.example:80a/x, false",
        "gate.example, http://gate.example:4294967376/x, false",
        "gate.example:8080, http://gate.example:80/x, false",
        "gate.example, http://gate.example:80@evil.example/x, false"
    })
    void theSchemesOwnPortShouldBeTheSameAsNone(String own, String link, boolean same) {
        assertThat(map(LinkMapping.below("/s", List.of(own)), link)).isEqualTo(same ? "/s/x" : link);
        assertThat(map(LinkMapping.below("/s", List.of()).withRoot("http://" + own), link))
                .isEqualTo(same ? "/s/x" : link);
    }

    @Test
    void withoutAPrefixOnlyTheRootShouldGo() {
        LinkMapping mapping = LinkMapping.below("", List.of()).withRoot("/shs");
        assertThat(map(mapping, "/shs/static/x.js")).isEqualTo("/static/x.js");
        assertThat(map(mapping, "/shs")).isEqualTo("/");
        assertThat(map(mapping, "/static/x.js")).isEqualTo("/static/x.js");
    }

    /** A path that begins with two slashes names a host once nothing stands before it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/shs//evil.example/",
                "/shs/\\evil.example/",
                "/shs/\t/evil.example/",
                "http://gate.example//evil.example/"
            })
    void aPathShouldNeverBecomeAHost(String link) {
        assertThat(map(LinkMapping.below("", List.of("gate.example")).withRoot("/shs"), link))
                .isEqualTo(link);
        assertThat(map(PLAIN.withRoot("/shs"), link)).startsWith("/sparkui/app-1/");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            &#47;jobs/                    | /sparkui/app-1&#47;jobs/
            &#x2f;jobs/                   | /sparkui/app-1&#x2f;jobs/
            &#x2Fjobs/                    | /sparkui/app-1&#x2Fjobs/
            &sol;jobs/                    | /sparkui/app-1&sol;jobs/
            &#47;sparkui&#47;app-1/jobs/  | &#47;sparkui&#47;app-1/jobs/
            &#47;&#47;other.example/      | &#47;&#47;other.example/
            http&colon;//gate.example/a   | /sparkui/app-1/a
            &bsol;jobs/                   | /sparkui/app-1&bsol;jobs/
            &Tab;&#10;&sol;jobs/          | &Tab;&#10;/sparkui/app-1&sol;jobs/
            &sol;sparkui/app&#45;1/x      | &sol;sparkui/app&#45;1/x
            &sol;&Tab;&sol;other/x        | &sol;&Tab;&sol;other/x
            //10&period;0.0.7&colon;4040/ | /sparkui/app-1/
            https://gate.example&num;a    | /sparkui/app-1/&num;a
            &SOL;jobs/                    | &SOL;jobs/
            &sol jobs/                    | &sol jobs/
            &amp;/jobs/                   | &amp;/jobs/
            &#;/jobs/                     | &#;/jobs/
            &#xzz;/                       | &#xzz;/
            """)
    void characterReferencesShouldCountInAttributes(String link, String expected) {
        assertThat(map(PLAIN, link)).isEqualTo(expected);
    }

    @Test
    void everyCharacterOfAPrefixMayBeReferredTo() {
        LinkMapping mapping = LinkMapping.below("/a_b@[c]!$*,=d%2B+e", List.of());
        String link = "&sol;a&lowbar;b&commat;&lsqb;c&rsqb;&excl;&dollar;&ast;&comma;&equals;d&percnt;2B&plus;e/x";

        assertThat(map(mapping, link)).isEqualTo(link);
        assertThat(map(
                        mapping,
                        link.replace("lowbar", "UnderBar")
                                .replace("sqb", "brack")
                                .replace("&ast", "&midast")))
                .startsWith("&sol;a&UnderBar;");
    }

    @Test
    void whatBrowsersSkipShouldBeSkipped() {
        assertThat(map(PLAIN, "  \n/jobs/")).isEqualTo("  \n/sparkui/app-1/jobs/");
        assertThat(map(PLAIN, "/\t/other.example/")).isEqualTo("/\t/other.example/");
        assertThat(map(PLAIN, "ht\ntp://gate.example/x")).isEqualTo("/sparkui/app-1/x");
        assertThat(map(PLAIN, "\u0001/x")).isEqualTo("\u0001/sparkui/app-1/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/", "/a\"b", "/a<b", "/a'b", "/a\\b", "/a b", "/a\nb", "/a&b", "/ä"})
    void whatWouldNeedEscapingShouldBeRefused(String prefix) {
        assertThatThrownBy(() -> LinkMapping.below(prefix, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PLAIN.withRoot(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRootShouldBeAPathOrAUrl() {
        assertThatThrownBy(() -> PLAIN.withRoot("driver-7")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PLAIN.withRoot("ftp://a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    /** In an attribute, between other bytes. */
    private static String map(LinkMapping mapping, String link) {
        String page = Rewriting.whole(mapping, "<a href=\"" + link + "\">");
        return page.substring("<a href=\"".length(), page.length() - "\">".length());
    }
}
