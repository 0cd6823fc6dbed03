// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.browser.PageProblem.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the DevTools events of one page into requests and problems, and knows whether the page has come to rest.
 *
 * <p>Events arrive on the DevTools thread, questions come from the test's: hence every method is synchronized. A visit
 * begins with {@link #newVisit()}; what is asked for later belongs to it.
 */
final class PageRecorder {

    /** How long the browser may take to notice that it is to go elsewhere. */
    private static final Duration DEPARTURE = Duration.ofSeconds(10);

    /** Requests that stay open by design; a page rests although they are there. */
    private static final Set<String> ENDLESS = Set.of("EventSource", "WebSocket");

    /** Those of earlier visits, as far as they were answered before the next one began. */
    private final List<BrowserRequest> before = new ArrayList<>();

    private final List<BrowserRequest> requests = new ArrayList<>();
    private final List<PageProblem> problems = new ArrayList<>();
    /**
     * Position in {@link #requests} by the browser's request id; a redirect keeps its id and moves on to the next
     * position.
     */
    private final Map<String, Integer> positions = new HashMap<>();

    /** Statuses by request id, for answers that the browser refuses without an event: a module script with 500. */
    private final Map<String, Integer> headStatus = new HashMap<>();

    private final Map<String, UnderWay> inFlight = new LinkedHashMap<>();
    private final Set<String> loadingFrames = new HashSet<>();
    private long lastActivity = System.nanoTime();
    /** When a script or a click asked the browser to go elsewhere; 0 where it has taken notice of that. */
    private long departure;

    /** A request without an answer; {@code document} is what it is for, by the browser's loader id. */
    private record UnderWay(String url, String document) {
        @Override
        public String toString() {
            return url;
        }
    }

    /** The visit before is over. Answers that still arrive for it are dropped. */
    synchronized void newVisit() {
        before.addAll(requests);
        requests.clear();
        problems.clear();
        positions.clear();
        headStatus.clear();
        inFlight.clear();
        departure = 0;
        lastActivity = System.nanoTime();
    }

    /** Whether a frame loads; said by the page itself when it navigates, before the browser could say so. */
    synchronized void loading(String frame, boolean now) {
        departure = 0;
        if (now) {
            loadingFrames.add(frame);
        } else {
            loadingFrames.remove(frame);
        }
        lastActivity = System.nanoTime();
    }

    synchronized List<BrowserRequest> requests() {
        return List.copyOf(requests);
    }

    /** Those of all visits. */
    synchronized List<BrowserRequest> journal() {
        return Stream.concat(before.stream(), requests.stream()).toList();
    }

    synchronized List<PageProblem> problems() {
        return List.copyOf(problems);
    }

    /** Whether the page has loaded, nothing is under way, and nothing has begun for {@code quiet}. */
    synchronized boolean atRest(Duration quiet) {
        return loadingFrames.isEmpty()
                && inFlight.isEmpty()
                && !isAboutToGo()
                && System.nanoTime() - lastActivity >= quiet.toNanos();
    }

    /** The browser may come to no new page, and says nothing then: where the answer is a file. */
    private boolean isAboutToGo() {
        return departure != 0 && System.nanoTime() - departure < DEPARTURE.toNanos();
    }

    /** What the page waits for, for the message of a timeout. */
    synchronized String unrest() {
        return (loadingFrames.isEmpty() ? "" : "still loading, ") + "under way: " + inFlight.values();
    }

    /** Takes one event; called by {@link DevTools}. */
    synchronized void event(String method, JsonNode params) {
        switch (method) {
            case "Page.frameRequestedNavigation" -> departure = System.nanoTime();
            case "Page.frameStartedLoading" -> loading(params.path("frameId").asText(), true);
            case "Page.frameStoppedLoading" -> loading(params.path("frameId").asText(), false);
            case "Page.frameNavigated" -> navigated(params.path("frame"));
            case "Network.requestWillBeSent" -> requestSent(params);
            case "Network.responseReceived" -> responseReceived(params);
            case "Network.responseReceivedExtraInfo" ->
                headStatus.put(
                        params.path("requestId").asText(),
                        params.path("statusCode").asInt());
            case "Network.loadingFinished" -> finished(params.path("requestId").asText());
            case "Network.loadingFailed" -> loadingFailed(params);
            case "Runtime.consoleAPICalled" -> consoleCalled(params);
            case "Runtime.exceptionThrown" -> exceptionThrown(params.path("exceptionDetails"));
            case "Log.entryAdded" -> logged(params.path("entry"));
            case "Page.javascriptDialogOpening" ->
                problem(
                        Kind.DIALOG,
                        params.path("message").asText(),
                        params.path("url").asText());
            default -> {
                // The browser tells much more than a test wants to know.
            }
        }
    }

    /** Of what the document before had still asked for, the browser may not say that it has given it up. */
    private void navigated(JsonNode frame) {
        if (!frame.has("parentId")) {
            String document = frame.path("loaderId").asText();
            inFlight.values().removeIf(request -> !request.document().equals(document));
        }
    }

    private void requestSent(JsonNode params) {
        String id = params.path("requestId").asText();
        JsonNode redirect = params.path("redirectResponse");
        if (!redirect.isMissingNode()) {
            answered(id, redirect, "");
        }
        String url = params.path("request").path("url").asText();
        if (!url.startsWith("http:") && !url.startsWith("https:")) {
            return;
        }
        String type = params.path("type").asText("Other");
        positions.put(id, requests.size());
        requests.add(new BrowserRequest(
                url,
                params.path("request").path("method").asText(),
                0,
                type,
                initiator(params.path("initiator")),
                Map.of(),
                ""));
        if (!ENDLESS.contains(type)) {
            inFlight.put(id, new UnderWay(url, params.path("loaderId").asText()));
        }
        lastActivity = System.nanoTime();
    }

    private static String initiator(JsonNode initiator) {
        String url = initiator
                .path("url")
                .asText(initiator
                        .path("stack")
                        .path("callFrames")
                        .path(0)
                        .path("url")
                        .asText(""));
        return initiator.path("type").asText("other") + (url.isEmpty() ? "" : " " + url);
    }

    private void responseReceived(JsonNode params) {
        answered(params.path("requestId").asText(), params.path("response"), "");
    }

    private void answered(String id, JsonNode response, String failure) {
        Integer position = positions.get(id);
        if (position == null) {
            return;
        }
        BrowserRequest before = requests.get(position);
        int statusWithoutResponse = before.status() == 0 ? headStatus.getOrDefault(id, 0) : before.status();
        requests.set(
                position,
                new BrowserRequest(
                        before.url(),
                        before.method(),
                        response.path("status").asInt(statusWithoutResponse),
                        before.type(),
                        before.initiator(),
                        response.has("headers") ? fields(response.path("headers")) : before.fields(),
                        failure));
    }

    /** HTTP/1.1 servers write names as they like; fields of one name come in one line each. */
    private static Map<String, String> fields(JsonNode headers) {
        return headers.properties().stream()
                .collect(Collectors.toMap(
                        header -> header.getKey().toLowerCase(Locale.ROOT),
                        header -> header.getValue().asText(),
                        (first, second) -> first + "\n" + second));
    }

    private void finished(String id) {
        inFlight.remove(id);
        lastActivity = System.nanoTime();
    }

    /** A request that the page itself gave up, by leaving or by {@code abort()}, is recorded but is no problem. */
    private void loadingFailed(JsonNode params) {
        String id = params.path("requestId").asText();
        String url = positions.containsKey(id) ? requests.get(positions.get(id)).url() : "";
        String reason = params.path("errorText").asText()
                + (params.has("blockedReason")
                        ? ", " + params.path("blockedReason").asText()
                        : "");
        answered(id, params.path("response"), reason);
        finished(id);
        if (!params.path("canceled").asBoolean() && positions.containsKey(id)) {
            problem(Kind.FAILED_LOAD, reason, url);
        }
    }

    private void consoleCalled(JsonNode params) {
        String text = String.join(
                " ",
                elements(params.path("args"))
                        .map(argument -> argument.path("value")
                                .asText(argument.path("description").asText()))
                        .toList());
        String url =
                params.path("stackTrace").path("callFrames").path(0).path("url").asText();
        switch (params.path("type").asText()) {
            case "error", "assert" -> problem(Kind.CONSOLE_ERROR, text, url);
            case "warning" -> problem(Kind.CONSOLE_WARNING, text, url);
            default -> {
                // log, debug, table and the like are not complaints.
            }
        }
    }

    private void exceptionThrown(JsonNode details) {
        String text = details.path("exception")
                .path("description")
                .asText(details.path("text").asText());
        problem(Kind.UNCAUGHT_EXCEPTION, text, details.path("url").asText());
    }

    private void logged(JsonNode entry) {
        String level = entry.path("level").asText();
        if (level.equals("error") || level.equals("warning")) {
            String text = entry.path("text").asText();
            boolean policy = text.contains("Content Security Policy");
            problem(
                    policy ? Kind.CSP_VIOLATION : Kind.BROWSER_LOG,
                    text,
                    entry.path("url").asText());
        }
    }

    private void problem(Kind kind, String text, String url) {
        problems.add(new PageProblem(kind, text, url));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return array.valueStream();
    }
}
