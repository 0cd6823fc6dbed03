// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One tab of a {@link Browser}, as a test uses it: {@link #open} and {@link #click}, look at {@link #text} and
 * {@link #path}, and check what the visit cost in {@link #requests} and {@link #problems}.
 *
 * <p>A visit begins with {@code open}, {@code click}, {@code reload} or {@code Enter}, and is complete when the method returns: the page has loaded,
 * for a quarter of a second no request was under way (server-sent events and WebSockets excepted), and its scripts have
 * nothing to do. The browser's cache is off, so every visit shows all that its page needs.
 */
public final class Page implements AutoCloseable {

    /** Longer than the History Server needs to replay a big log before it answers. */
    private static final Duration VISIT_TIMEOUT = Duration.ofSeconds(90);

    private static final Duration ELEMENT_TIMEOUT = Duration.ofSeconds(10);
    /** For what a page asks for by a timer; what a busy machine needs longer for, {@link #isIdle} waits for. */
    private static final Duration QUIET = Duration.ofMillis(250);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final JsonMapper JSON = new JsonMapper();

    /** What the browser says while a page goes elsewhere by itself; a moment later there is somebody to ask. */
    private static final List<String> BETWEEN_DOCUMENTS = List.of(
            "Not attached to an active page",
            "Execution context was destroyed",
            "Cannot find context",
            "Inspected target navigated or closed");

    private final DevTools devTools;
    private final String session;
    private final String context;
    private final PageRecorder recorder = new PageRecorder();
    private final String mainFrame;
    private volatile HeldRequests held = new HeldRequests(() -> {}, this::send);

    Page(DevTools devTools, String session, String context) {
        this.devTools = devTools;
        this.session = session;
        this.context = context;
        devTools.listen(session, this::event);
        for (String domain : List.of("Page", "Network", "Runtime", "Log")) {
            call(domain + ".enable", Map.of());
        }
        call("Network.setCacheDisabled", Map.of("cacheDisabled", true));
        mainFrame = call("Page.getFrameTree", Map.of())
                .path("frameTree")
                .path("frame")
                .path("id")
                .asText();
    }

    /**
     * Goes to an address and waits until the page is at rest. An answer of any status is a visit, no answer is an
     * error.
     */
    public void open(String url) {
        recorder.newVisit();
        recorder.loading(mainFrame, true);
        JsonNode navigation = call("Page.navigate", Map.of("url", url));
        if (navigation.has("errorText")) {
            throw new IllegalStateException(
                    "cannot open " + url + ": " + navigation.get("errorText").asText());
        }
        if (!navigation.has("loaderId")) {
            recorder.loading(mainFrame, false);
        }
        awaitRest(url);
    }

    /** {@link #open(String)} for an address that a program put together. */
    public void open(URI url) {
        open(url.toString());
    }

    /**
     * Clicks with the mouse, as a user would: what covers the element gets the click's failure, and who misses it because it moves
     * clicks again. Waits until the page, perhaps a new one, is at rest.
     *
     * @param target a CSS selector, or {@code a:} and the whole text of a link, as in {@code a:Executors}
     */
    public void click(String target) {
        new Mouse(this, devTools, session).click(target, ELEMENT_TIMEOUT, recorder::newVisit);
        awaitRest("the page after a click on " + target);
    }

    /** Loads the page that is shown once more, as a user's F5 does. */
    public void reload() {
        recorder.newVisit();
        recorder.loading(mainFrame, true);
        call("Page.reload", Map.of());
        awaitRest("the page after a reload");
    }

    /** Waits until a page that goes elsewhere by itself is at rest at an address whose path begins so. */
    public void awaitPath(String prefix) {
        long deadline = System.nanoTime() + VISIT_TIMEOUT.toNanos();
        while (!path().startsWith(prefix) || !isAtRest()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the page did not go to " + prefix + " in " + VISIT_TIMEOUT + " but to "
                        + path() + ": " + recorder.unrest());
            }
            Pause.of(POLL);
        }
    }

    /**
     * Presses a key that does not write: {@code Tab}, {@code ArrowDown}. {@code Enter} begins a visit, as a click does; the others
     * only move within the page.
     */
    public void press(String key) {
        boolean goes = key.equals("Enter");
        if (goes) {
            recorder.newVisit();
        }
        Keyboard.press(devTools, session, key);
        if (goes) {
            awaitRest("the page after " + key);
        }
    }

    /** Writes into the element that has the focus; no visit of its own. */
    public void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /**
     * Clicks on what makes the browser save a file, and gives the file's text.
     *
     * @param folder a new one
     */
    public String download(String target, Path folder) {
        devTools.call(
                DevTools.BROWSER,
                "Browser.setDownloadBehavior",
                Map.of("behavior", "allow", "browserContextId", context, "downloadPath", folder.toString()));
        click(target);
        return Downloads.await(folder, VISIT_TIMEOUT);
    }

    /**
     * Lets the browser wait, the next time that it is about to ask for such an address, until {@code action} has ended: for
     * what happens in a moment that people seldom meet.
     *
     * @param addresses with {@code *} for anything
     * @return done when that has happened
     */
    public CompletableFuture<Void> beforeAskingFor(String addresses, Runnable action) {
        HeldRequests next = new HeldRequests(action, this::send);
        held = next;
        call("Fetch.enable", Map.of("patterns", List.of(Map.of("urlPattern", addresses))));
        return next.done();
    }

    /** The visible text of the first element that matches, or empty when none does. */
    public String text(String css) {
        return evaluate("document.querySelector(" + quoted(css) + ")?.innerText ?? ''")
                .asText();
    }

    /** How many elements match. */
    public int count(String css) {
        return evaluate("document.querySelectorAll(" + quoted(css) + ").length").asInt();
    }

    /**
     * Runs a script in the page, waits for a promise it may return, and gives its value as JSON; an exception fails the
     * test.
     */
    public JsonNode evaluate(String script) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException("script failed in " + url() + ": " + script + "\n"
                    + answer.path("exceptionDetails")
                            .path("exception")
                            .path("description")
                            .asText());
        }
        return answer.path("result").path("value");
    }

    /** The address that the browser shows now. */
    public String url() {
        JsonNode history = call("Page.getNavigationHistory", Map.of());
        return history.path("entries")
                .path(history.path("currentIndex").asInt())
                .path("url")
                .asText();
    }

    /** The raw path of {@link #url()}. */
    public String path() {
        return URI.create(url()).getRawPath();
    }

    public String title() {
        return evaluate("document.title").asText();
    }

    /** The status of the document shown, or 0 when this visit loaded none. */
    public int status() {
        return requests().stream()
                .filter(request -> request.document() && !request.redirected())
                .mapToInt(BrowserRequest::status)
                .reduce(0, (first, last) -> last);
    }

    /**
     * Every HTTP request of this visit, in the order of sending. {@code data:} and {@code blob:} addresses go nowhere
     * and are left out.
     */
    public List<BrowserRequest> requests() {
        return recorder.requests();
    }

    /** The same for all visits since the page was made. */
    public List<BrowserRequest> journal() {
        return recorder.journal();
    }

    /** All that the browser complained about in this visit. */
    public List<PageProblem> problems() {
        return recorder.problems();
    }

    /** Writes a PNG of the window, and makes the folder if need be. */
    public void screenshot(Path file) {
        String data = call("Page.captureScreenshot", Map.of("format", "png"))
                .get("data")
                .asText();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        devTools.forget(session);
        devTools.call(DevTools.BROWSER, "Target.disposeBrowserContext", Map.of("browserContextId", context));
    }

    /** A text as a JavaScript literal. */
    static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    private JsonNode call(String method, Map<String, ?> params) {
        long deadline = System.nanoTime() + ELEMENT_TIMEOUT.toNanos();
        while (true) {
            try {
                return devTools.call(session, method, params);
            } catch (IllegalStateException e) {
                String message = String.valueOf(e.getMessage());
                if (BETWEEN_DOCUMENTS.stream().noneMatch(message::contains) || System.nanoTime() > deadline) {
                    throw e;
                }
                Pause.of(POLL);
            }
        }
    }

    /** Whatever comes of it; also for events, whose thread waits for nothing. */
    private void send(String method, Map<String, ?> params) {
        var _ = devTools.send(session, method, params);
    }

    private void event(String method, JsonNode params) {
        recorder.event(method, params);
        switch (method) {
            // An open dialog stops the page, and with it every further call.
            case "Page.javascriptDialogOpening" -> send("Page.handleJavaScriptDialog", Map.of("accept", true));
            case "Fetch.requestPaused" -> held.paused(params);
            default -> {
                // Everything else is only recorded.
            }
        }
    }

    private void awaitRest(String what) {
        long deadline = System.nanoTime() + VISIT_TIMEOUT.toNanos();
        while (!isAtRest()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        what + " did not come to rest in " + VISIT_TIMEOUT + ": " + recorder.unrest());
            }
            Pause.of(POLL);
        }
    }

    private boolean isAtRest() {
        return recorder.atRest(QUIET) && isIdle() && recorder.atRest(QUIET);
    }

    /**
     * Waits until the page has done what it has begun: on a busy machine it may be long before a click's link is followed, or before
     * a script has seen an answer and asks for the next thing. What it has begun with by then has been told to the recorder. A page
     * in a sandbox has no scripts, and no callbacks.
     */
    private boolean isIdle() {
        return evaluate(
                        "self.origin === 'null' || new Promise(done => requestIdleCallback(() => done(true), {timeout: 500}))")
                .asBoolean();
    }
}
