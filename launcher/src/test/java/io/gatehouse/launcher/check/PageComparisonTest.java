// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.check;

import static io.gatehouse.launcher.check.PageDifference.Kind.CHANGED;
import static io.gatehouse.launcher.check.PageDifference.Kind.ESCAPES;
import static io.gatehouse.launcher.check.PageDifference.Kind.STRUCTURE;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageComparisonTest {
    private static final URI PAGE = URI.create("http://gate/sparkui/app-1/jobs/");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /sparkui/app-1/jobs/             | /jobs/
            /sparkui/app-1/jobs/             | /driver-7/jobs/
            /sparkui/app-1/jobs/             | https://front.example/x/proxy/app-1/jobs/
            /sparkui/app-1/jobs/             | /sparkui/app-1/jobs/
            http://gate/sparkui/app-1/jobs/  | http://gate/jobs/
            ?page=2                          | ?page=2
            https://idp.example/             | https://idp.example/
            """)
    void aLinkBelowThePrefixShouldBeFine(String shown, String sent) {
        assertThat(compare("<a href='" + shown + "'>", "<a href='" + sent + "'>"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /jobs/                          | /jobs/              | ESCAPES
            /sparkui/app-10/                | /                   | ESCAPES
            http://gate/jobs/               | http://gate/jobs/   | ESCAPES
            //gate/jobs/                    | //gate/jobs/        | ESCAPES
            http://10.0.0.7:4040/jobs/      | http://10.0.0.7:4040/jobs/ | ESCAPES
            /sparkui/app-1/stages/          | /jobs/              | CHANGED_LINK
            x                               | y                   | CHANGED_LINK
            """)
    void aWrongLinkShouldBeNamed(String shown, String sent, PageDifference.Kind kind) {
        assertThat(compare("<a href='" + shown + "'>", "<a href='" + sent + "'>"))
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.kind()).isEqualTo(kind);
                    assertThat(difference.toString()).contains("href=\"" + shown + "\"", ", a: ");
                });
    }

    @Test
    void aListOfLinksShouldBeReadToItsEndAndAMissingLinkBeMissed() {
        assertThat(compare("<img srcset='/sparkui/app-1/a 1x, /b 2x'>", "<img srcset='/a 1x, /b 2x'>"))
                .extracting(PageDifference::kind)
                .containsExactly(ESCAPES);
        assertThat(compare("<a>x</a>", "<a href='/jobs/'>x</a>"))
                .extracting(PageDifference::kind)
                .containsExactly(CHANGED);
    }

    @Test
    void scriptsShouldBeToldThePrefix() {
        assertThat(compare("<script>setUIRoot('')</script>", "<script>setUIRoot('')</script>"))
                .extracting(PageDifference::kind)
                .containsExactly(ESCAPES);
        assertThat(compare("<script>setUIRoot('/sparkui/app-1')</script>", "<script>setUIRoot('')</script>"))
                .isEmpty();
    }

    @Test
    void whatIsNoLinkShouldStayAndTextMayChange() {
        assertThat(compare("<p class=a>1 s</p>", "<p class=b>2 s</p>"))
                .extracting(PageDifference::kind)
                .containsExactly(CHANGED);
        assertThat(compare("<p class=a style='width: 1%'>1 s</p>", "<p class=a style='width: 2%'>2 s</p>"))
                .isEmpty();
    }

    @Test
    void anotherTreeShouldBeNamed() {
        assertThat(compare("<p></p>", "<div></div>"))
                .extracting(PageDifference::kind)
                .containsExactly(STRUCTURE);
        assertThat(compare("<p></p><p></p>", "<p></p>"))
                .extracting(PageDifference::kind)
                .containsExactly(STRUCTURE);
    }

    @Test
    void differencesShouldBeBounded() {
        assertThat(compare("<a href=/x></a>".repeat(1_000), "<a href=/x></a>".repeat(1_000)))
                .hasSize(100);
    }

    private static List<PageDifference> compare(String shown, String sent) {
        return PageComparison.of(shown, sent, PAGE, URI.create("http://10.0.0.7:4040/jobs/"), "/sparkui/app-1");
    }
}
