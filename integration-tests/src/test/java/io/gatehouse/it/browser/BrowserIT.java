// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import io.gatehouse.it.ProcessTree;
import io.gatehouse.it.browser.PageProblem.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The harness itself: a test that relies on {@link Page#requests} and {@link Page#problems} may believe an empty list.
 */
class BrowserIT {

    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String POLICY = "script-src 'self' 'nonce-ok'; connect-src 'self'";

    private static HttpServer server;
    private static String origin;

    @BeforeAll
    static void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin = "http://127.0.0.1:" + server.getAddress().getPort();
        page("/plain/", "<h3>Plain</h3><a href='/next/'>The  next\none</a><img src='/pixel.png'>");
        page("/next/", "<h3>Next</h3><script nonce=ok>setTimeout(() => fetch('/api/late'), 100)</script>");
        page("/noisy/", "<script nonce=ok>console.error('oh', 7); console.warn('hm'); console.log('fine')</script>");
        page("/throwing/", "<script nonce=ok>null.field</script>");
        page("/forbidden/", "<script>document.title = 'ran'</script>");
        page("/broken/", "<script src='/missing.js'></script><script src='http://127.0.0.1:1/x.js'></script>");
        page("/refused/", "<script type=module src='/failing.js'></script>");
        page("/alerting/", "<h3>Alert</h3><script nonce=ok>alert('DataTables warning')</script>");
        page(
                "/growing/",
                "<div id=above></div><a href='/next/'>Go</a><script nonce=ok>let height = 0; const grow = setInterval(() => {"
                        + "above.style.height = (height += 60) + 'px'; if (height > 3000) clearInterval(grow) }, 20)</script>");
        page(
                "/busy/",
                "<button id=go>Go</button><script nonce=ok>go.onclick = () => setTimeout(() => {"
                        + "for (const end = performance.now() + 900; performance.now() < end;); location.href = '/next/' })</script>");
        page(
                "/shy/",
                "<div id=above></div><a href='/next/'>Go</a><script nonce=ok>"
                        + "addEventListener('mousedown', () => above.style.height = '60px', {once: true})</script>");
        page("/covered/", "<a href='/next/'>Go</a><div style='position:fixed;inset:0'></div>");
        page(
                "/form/",
                "<form action='/next/'><input name=q><select name=s><option>a<option>b</select><button>Go</button>");
        page(
                "/saving/",
                "<button id=save>Save</button><script nonce=ok>save.onclick = () => Object.assign(document.createElement('a'), {"
                        + "href: URL.createObjectURL(new Blob(['saved'])), download: 'file.txt'}).click()</script>");
        answer("/moved/", 302, Map.of("Location", "/plain/"), "");
        answer("/api/late", 200, Map.of("Content-Type", "application/json"), "{}");
        answer("/pixel.png", 200, Map.of("Content-Type", "image/svg+xml"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
        answer("/failing.js", 500, Map.of("Content-Type", "text/html"), "oops");
        answer("/missing.js", 404, Map.of("Content-Type", "text/plain"), "no");
        answer("/favicon.ico", 204, Map.of(), "");
        server.start();
    }

    @AfterAll
    static void stopServing() {
        server.stop(0);
    }

    @Test
    void aVisitListsEveryRequestWithItsAnswer(Page page) {
        // When
        page.open(origin + "/plain/");

        // Then
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text("h3")).isEqualTo("Plain");
        assertThat(page.problems()).isEmpty();
        BrowserRequest document = page.requests().getFirst();
        assertThat(document.document()).isTrue();
        assertThat(document.origin()).isEqualTo(origin);
        assertThat(document.field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.requests())
                .filteredOn(request -> request.path().equals("/pixel.png"))
                .singleElement()
                .satisfies(image -> assertThat(image.status()).isEqualTo(200))
                .satisfies(image -> assertThat(image.initiator()).isEqualTo("parser " + origin + "/plain/"));
    }

    @Test
    void eachHopOfARedirectIsARequestOfItsOwn(Page page) {
        // When
        page.open(origin + "/moved/");

        // Then
        assertThat(page.path()).isEqualTo("/plain/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.requests().subList(0, 2))
                .extracting(BrowserRequest::path, BrowserRequest::status)
                .containsExactly(tuple("/moved/", 302), tuple("/plain/", 200));
    }

    @Test
    void aRequestIsHeldBackUntilSomethingElseHasHappened(Page page) {
        // Given
        AtomicReference<List<String>> underWay = new AtomicReference<>();
        CompletableFuture<Void> happened = page.beforeAskingFor(
                "*/api/late",
                () -> underWay.set(page.requests().stream()
                        .filter(request -> request.status() == 0)
                        .map(BrowserRequest::path)
                        .toList()));

        // When
        page.open(origin + "/next/");

        // Then
        assertThat(happened).isCompleted();
        assertThat(underWay.get()).contains("/api/late");
        assertThat(page.requests())
                .filteredOn(request -> request.path().equals("/api/late"))
                .singleElement()
                .returns(200, BrowserRequest::status);
    }

    @Test
    void aClickOnALinkTextWaitsForWhatTheNewPageLoadsLater(Page page) {
        // Given
        page.open(origin + "/plain/");

        // When
        page.click("a:The next one");

        // Then
        assertThat(page.path()).isEqualTo("/next/");
        assertThat(page.requests())
                .extracting(BrowserRequest::path)
                .startsWith("/next/")
                .contains("/api/late");
        assertThat(page.requests()).extracting(BrowserRequest::status).doesNotContain(0);
    }

    @Test
    void aClickThatAnotherElementWouldGetFails(Page page) {
        // Given
        page.open(origin + "/covered/");

        // When, Then: what page.click does first, and with less patience
        assertThatThrownBy(() -> Locator.awaitPoint(page, "a", Duration.ofSeconds(1)))
                .hasMessageContaining("covered by <div");
    }

    @Test
    void whatScriptsComplainAboutIsAProblemAndWhatTheyLogIsNot(Page page) {
        // When
        page.open(origin + "/noisy/");

        // Then
        assertThat(page.problems())
                .extracting(PageProblem::kind, PageProblem::text)
                .containsExactly(tuple(Kind.CONSOLE_ERROR, "oh 7"), tuple(Kind.CONSOLE_WARNING, "hm"));
    }

    @Test
    void anUncaughtExceptionIsAProblem(Page page) {
        // When
        page.open(origin + "/throwing/");

        // Then
        assertThat(page.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.UNCAUGHT_EXCEPTION);
            assertThat(problem.text()).contains("TypeError");
        });
    }

    @Test
    void aScriptThatThePolicyForbidsIsAProblem(Page page) {
        // When
        page.open(origin + "/forbidden/");

        // Then
        assertThat(page.title()).isNotEqualTo("ran");
        assertThat(page.problems()).extracting(PageProblem::kind).containsExactly(Kind.CSP_VIOLATION);
    }

    @Test
    void missingAndUnreachableFilesAreProblemsThatNameTheFile(Page page) {
        // When
        page.open(origin + "/broken/");

        // Then
        assertThat(page.requests())
                .extracting(BrowserRequest::path, BrowserRequest::status)
                .contains(tuple("/missing.js", 404));
        assertThat(page.problems())
                .extracting(PageProblem::url)
                .contains(origin + "/missing.js", "http://127.0.0.1:1/x.js");
    }

    @Test
    void aModuleScriptThatTheBrowserRefusesKeepsItsStatus(Page page) {
        // When
        page.open(origin + "/refused/");

        // Then
        assertThat(page.requests())
                .extracting(BrowserRequest::path, BrowserRequest::status)
                .contains(tuple("/failing.js", 500));
        assertThat(page.problems()).extracting(PageProblem::text).anyMatch(text -> text.contains("500"));
    }

    @Test
    void aDialogIsAcceptedAndIsAProblem(Page page) {
        // When
        page.open(origin + "/alerting/");

        // Then
        assertThat(page.text("h3")).isEqualTo("Alert");
        assertThat(page.problems())
                .containsExactly(new PageProblem(Kind.DIALOG, "DataTables warning", origin + "/alerting/"));
    }

    @Test
    void aReloadIsAVisitAndTheJournalKeepsTheOnesBefore(Page page) {
        // Given
        page.open(origin + "/moved/");

        // When
        page.reload();

        // Then
        assertThat(page.requests()).extracting(BrowserRequest::path).startsWith("/plain/");
        assertThat(page.journal())
                .filteredOn(BrowserRequest::document)
                .extracting(BrowserRequest::path, BrowserRequest::status)
                .containsExactly(tuple("/moved/", 302), tuple("/plain/", 200), tuple("/plain/", 200));
    }

    @Test
    void aClickWaitsForALinkThatMoves(Page page) {
        // Given
        page.open(origin + "/growing/");

        // When
        page.click("a:Go");

        // Then
        assertThat(page.path()).isEqualTo("/next/");
    }

    @Test
    void aClickThatMissesBecauseThePageMovesIsMadeAgain(Page page) {
        // Given
        page.open(origin + "/shy/");

        // When
        page.click("a:Go");

        // Then
        assertThat(page.path()).isEqualTo("/next/");
    }

    @Test
    void aClickWaitsForAPageThatIsBusyBeforeItGoes(Page page) {
        // Given
        page.open(origin + "/busy/");

        // When
        page.click("#go");

        // Then
        assertThat(page.path()).isEqualTo("/next/");
        assertThat(page.requests()).extracting(BrowserRequest::path).contains("/api/late");
    }

    @Test
    void aFormIsFilledAndSentByKeyboard(Page page) {
        // Given
        page.open(origin + "/form/");

        // When
        page.press("Tab");
        page.type("x & y");
        page.press("Tab");
        page.press("ArrowDown");
        page.press("Tab");
        page.press("Enter");

        // Then
        assertThat(page.url()).isEqualTo(origin + "/next/?q=x+%26+y&s=b");
    }

    @Test
    void whatAPageSavesIsAFile(Page page, @TempDir Path folder) {
        // Given
        page.open(origin + "/saving/");

        // When, Then
        assertThat(page.download("#save", folder)).isEqualTo("saved");
    }

    @Test
    void aPageThatNobodyServesCannotBeOpened(Page page) {
        assertThatThrownBy(() -> page.open("http://127.0.0.1:1/"))
                .hasMessageContaining("cannot open http://127.0.0.1:1/");
    }

    @Test
    void aScreenshotIsAPng(Page page, @TempDir Path folder) throws IOException {
        // Given
        page.open(origin + "/plain/");

        // When
        page.screenshot(folder.resolve("sub/shot.png"));

        // Then
        assertThat(Files.readAllBytes(folder.resolve("sub/shot.png"))).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void aClosedBrowserLeavesNoProcess() {
        // Given
        Browser browser = Browser.start();
        browser.newPage().open(origin + "/plain/");
        List<ProcessHandle> started = browser.processes().survivors();
        assertThat(started).hasSizeGreaterThan(1);

        // When
        browser.close();

        // Then
        assertThat(browser.processes().survivors()).map(ProcessTree::describe).isEmpty();
    }

    private static void page(String path, String body) {
        answer(
                path,
                200,
                Map.of("Content-Type", "text/html; charset=utf-8", "Content-Security-Policy", POLICY),
                "<!DOCTYPE html><html><head><title>" + path + "</title></head><body>" + body + "</body></html>");
    }

    private static void answer(String path, int status, Map<String, String> headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
