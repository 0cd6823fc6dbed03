// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of drivers whose links begin with something else than their users' URLs. */
class PageLinksIT {
    private static final String PAGE = """
            <html><head><link rel="stylesheet" href="@/static/webui.css"/><script>setUIRoot('@')</script>
            <script>setAppBasePath('')</script></head><body><a href="@/jobs/">Jobs</a><a href="?page=2">2</a>
            <a href="https://idp.example/logout">out</a></body></html>""";

    private final FakeSpark driver;

    PageLinksIT() throws Exception {
        driver = new FakeSpark();
    }

    @BeforeEach
    void answer() {
        driver.answers("/jobs/", FakeSpark.response(200, "text/html;charset=utf-8", page("")));
    }

    @AfterEach
    void close() throws Exception {
        driver.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/driver-7", "/proxy/app-1", "https://front.example/sparkui/proxy/app-1"})
    void linksComeBelowTheApplicationsPrefixWhateverTheDriverPutsBeforeThem(String root) throws Exception {
        driver.answers("/jobs/", FakeSpark.response(200, "text/html;charset=utf-8", page(root)));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(client, "/jobs/").text()).isEqualTo(page("/sparkui/app-1"));
            }
        }
    }

    @Test
    void onceAPageHasSaidThatItsLinksAreRightPagesPassAsTheyCame() throws Exception {
        driver.answers("/jobs/", FakeSpark.response(200, "text/html;charset=utf-8", page("/sparkui/app-1")));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            assertThat(get(client, "/jobs/").field("content-length")).isNull();
            // What is not a page is never looked into.
            get(client, "/static/webui.css");
            get(client, "/api/v1/applications");

            Response second = get(client, "/jobs/");

            assertThat(second.text()).isEqualTo(page("/sparkui/app-1"));
            assertThat(second.field("content-length")).isNotNull();
            assertThat(driver.requests().get(0)).doesNotContainIgnoringCase("accept-encoding");
            assertThat(driver.requests().subList(1, 4))
                    .allSatisfy(head -> assertThat(head).containsIgnoringCase("accept-encoding: gzip"));
        }
    }

    @Test
    void aRedirectToWhatTheDriverTakesForItsRootComesBelowThePrefix() throws Exception {
        driver.answers("/jobs/", FakeSpark.response(200, "text/html", page("https://front.example/d7")));
        driver.answers("/jobs", FakeSpark.redirect("https://front.example/d7/jobs/"));
        driver.answers("/login", FakeSpark.redirect("https://front.example/d70/jobs/"));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            get(client, "/jobs/");
            assertThat(get(client, "/jobs").field("location")).isEqualTo("/sparkui/app-1/jobs/");
            assertThat(get(client, "/login").field("location")).isEqualTo("https://front.example/d70/jobs/");
        }
        driver.answers("/jobs/", FakeSpark.response(200, "text/html", page("/d7")));
        driver.answers("/jobs", FakeSpark.redirect("/d7/jobs/"));
        driver.answers("/login", FakeSpark.redirect("http://gate/d7/jobs/"));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            get(client, "/jobs/");
            assertThat(get(client, "/jobs").field("location")).isEqualTo("/sparkui/app-1/jobs/");
            assertThat(get(client, "/login").field("location")).isEqualTo("/sparkui/app-1/jobs/");
        }
    }

    /** Where the root begins with the public prefix, or that with the root: links, scripts and redirects by one rule. */
    @ParameterizedTest
    @CsvSource({
        "/sparkui,/sparkui/jobs/,/jobs/",
        "/sparkui,/sparkui/app-1/jobs/,/jobs/",
        "/sparkui/app-1/own,/sparkui/app-1/own/jobs/,/jobs/",
        "/sparkui/app-1/own,/sparkui/app-1/jobs/,/jobs/",
        "/sparkui/app-1/own,/sparkui/app-1/owner/,/owner/",
        "/own,http://gate:80/own/jobs/,/jobs/",
        "/own,https://gate:443/sparkui/app-1/jobs/,/jobs/",
        "http://front.example/sparkui,https://front.example:443/sparkui/jobs/,/jobs/",
        "http://front.example/sparkui,http://FRONT.example:80/sparkui/app-1/jobs/,/jobs/"
    })
    void aRedirectAndALinkToTheSameGoToTheSame(String root, String url, String below) throws Exception {
        driver.answers(
                "/jobs/",
                FakeSpark.response(
                        200, "text/html", "<script>setUIRoot('" + root + "')</script><a href='" + url + "'></a>"));
        driver.answers("/redirects", FakeSpark.redirect(url));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            assertThat(get(client, "/jobs/").text()).endsWith("<a href='/sparkui/app-1" + below + "'></a>");
            assertThat(get(client, "/redirects").field("location")).isEqualTo("/sparkui/app-1" + below);
        }
    }

    @Test
    void aLinkToTheHostThatTheClientAskedForIsTheDrivers() throws Exception {
        driver.answers(
                "/jobs/", FakeSpark.response(200, "text/html", "<a href='http://gate/x'><a href='http://other/x'>"));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            assertThat(get(client, "/jobs/").text()).isEqualTo("<a href='/sparkui/app-1/x'><a href='http://other/x'>");
        }
    }

    @Test
    void theOneScriptWithAPathOfItsOwnGetsThePrefix() throws Exception {
        String script = "css = await fetch(\"/static/sql/spark-sql-viz.css\");";
        driver.answers("/static/sql/spark-sql-viz.js", FakeSpark.response(200, "text/javascript", script));
        driver.answers("/static/other.js", FakeSpark.response(200, "text/javascript", script));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            assertThat(get(client, "/static/sql/spark-sql-viz.js").text())
                    .isEqualTo("css = await fetch(\"/sparkui/app-1/static/sql/spark-sql-viz.css\");");
            assertThat(get(client, "/static/other.js").text()).isEqualTo(script);
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip", "x-gzip", "GZIP"})
    void aPageThatComesCompressedAllTheSameIsInflated(String coding) throws Exception {
        driver.answers("/jobs/", compressed(coding, gzip(page("/d7"))));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            Response response = get(client, "/jobs/");

            assertThat(response.text()).isEqualTo(page("/sparkui/app-1"));
            assertThat(response.field("content-encoding")).isNull();
            assertThat(response.field("etag")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "gzip, br"})
    void whatCannotBeInflatedPassesAsItCame(String coding) throws Exception {
        driver.answers("/jobs/", compressed(coding, "<a href=/x>"));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            Response response = get(client, "/jobs/");

            assertThat(response.text()).isEqualTo("<a href=/x>");
            assertThat(response.field("content-encoding")).isEqualTo(coding);
        }
    }

    @Test
    void whatIsNoGzipIsCutAndNamed() throws Exception {
        String whole = gzip(page("/d7"));
        for (String broken :
                List.of("not gzip at all", whole.substring(0, whole.length() - 12), gzip("x".repeat(50 << 20)))) {
            driver.answers("/jobs/", compressed("gzip", broken));
            try (ProxyUnderTest door = door();
                    RawClient client = door.client()) {
                client.send(request("/jobs/"));
                assertThat(client.everything()).endsWith(RawClient.RESET);
                assertThat(door.log(1).getFirst()).contains("\"error\":\"http_response_content_coding\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=UTF-16",
                "text/plain",
                "application/json",
                "text/htmlx",
                "application/xhtml+xml",
                "application/xhtml+xml; charset=utf-8"
            })
    void whatIsNoPageInAsciiPassesAsItCame(String type) throws Exception {
        driver.answers("/jobs/", FakeSpark.response(200, type, "<a href=/x>"));
        try (ProxyUnderTest door = door();
                RawClient client = door.client()) {
            Response response = get(client, "/jobs/");

            assertThat(response.text()).isEqualTo("<a href=/x>");
            assertThat(response.field("content-length")).isEqualTo("11");
        }
    }

    private static String page(String root) {
        return PAGE.replace("@", root);
    }

    private static String compressed(String coding, String body) {
        return FakeSpark.response(200, "text/html", body)
                .replace("\r\n\r\n", "\r\nETag: \"e\"\r\nContent-Encoding: " + coding + "\r\n\r\n");
    }

    /** One byte a character, as the scripted upstream writes them. */
    private static String gzip(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static Response get(RawClient client, String path) throws Exception {
        return client.send(request(path)).response();
    }

    private static String request(String path) {
        return "GET /sparkui/app-1" + path + " HTTP/1.1\r\nHost: gate\r\nAccept-Encoding: gzip\r\n\r\n";
    }

    private ProxyUnderTest door() throws Exception {
        UiRouting routing = new UiRouting("/sparkui", null);
        AppDirectory directory = new AppDirectory(
                List.of(new Application("app-1", "test", driver.upstream(), SparkJson.listing("app-1", "live", null))));
        return new ProxyUnderTest(
                RouterUnderTest.of(() -> routing, () -> directory).build());
    }
}
