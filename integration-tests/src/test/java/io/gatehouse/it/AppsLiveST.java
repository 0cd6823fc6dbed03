// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.discovery.AppDirectory;
import io.gatehouse.discovery.Application;
import io.gatehouse.discovery.UiRouter;
import io.gatehouse.discovery.UiRouting;
import io.gatehouse.discovery.UiSafety;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The list of all applications in a real browser while its server fails and comes back, and while nobody looks. Needs no Spark: the
 * directory holds what a test puts into it.
 */
class AppsLiveST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String EVENTS = "/apps/events";
    private static final String NOTE = "not live";

    private final AtomicReference<AppDirectory> directory = new AtomicReference<>(running("app-1"));
    /** What is refused with 503: a path, or nothing. */
    private final AtomicReference<String> outOfOrder = new AtomicReference<>("");

    private @Nullable ProxyUnderTest door;

    @BeforeEach
    void open() throws Exception {
        UiRouting routing = new UiRouting("/sparkui", null);
        UpstreamClient client =
                new UpstreamClient(() -> Objects.requireNonNull(door).runtime().anyContext());
        UiRouter router =
                new UiRouter(() -> routing, directory::get, id -> {}, client, () -> true, () -> UiSafety.OPEN);
        door = ProxyUnderTest.with((head, from, principal) -> head.path().equals(outOfOrder.get())
                        ? new RouteDecision.Refuse("test", ErrorType.DESTINATION_UNAVAILABLE, "Out of order.")
                        : router.route(head, from, principal))
                .start();
    }

    @AfterEach
    void close() {
        door().close();
    }

    private ProxyUnderTest door() {
        return Objects.requireNonNull(door);
    }

    private static AppDirectory running(String... ids) {
        return new AppDirectory(Arrays.stream(ids)
                .map(id -> new Application(id, "test", new Upstream("127.0.0.1", 1), null))
                .toList());
    }

    private void show(Page page) {
        page.open("http://127.0.0.1:" + door().address().getPort() + "/apps");
        assertThat(page.text("tbody")).contains("app-1");
    }

    private static void awaitRow(Page page, String id) {
        await("the new row")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("tbody")).contains(id));
        assertThat(page.text("body")).doesNotContain(NOTE);
    }

    @Test
    void afterARefusalItTriesAgainAndSaysMeanwhileThatItIsNotLive(Page page) {
        // Given
        outOfOrder.set(EVENTS);
        show(page);

        // Then
        await("the note")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("body")).contains(NOTE));

        // When: what happened before the first stream was opened is told too
        directory.set(running("app-1", "app-2"));
        outOfOrder.set("");

        // Then
        awaitRow(page, "app-2");
    }

    @Test
    void aListThatCannotBeLoadedIsLoadedLater(Page page) {
        // Given
        show(page);
        outOfOrder.set("/apps");

        // When
        directory.set(running("app-1", "app-2"));

        // Then
        await("the note")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.text("body")).contains(NOTE));
        outOfOrder.set("");
        awaitRow(page, "app-2");
    }

    /** Six open tabs would have all connections that a browser makes to one host, and the seventh none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))",
                "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
                        + "document.dispatchEvent(new Event('visibilitychange'))",
            })
    void whileNobodyLooksItHoldsNoConnection(String leaving, Page page) {
        // Given
        show(page);
        await("the stream")
                .atMost(PATIENCE)
                .until(() -> door().runtime().drainState().exchangesInFlight() == 1);

        // When
        page.evaluate(leaving);

        // Then
        await("its end")
                .atMost(PATIENCE)
                .until(() -> door().runtime().drainState().exchangesInFlight() == 0);

        // When
        directory.set(running("app-1", "app-2"));
        page.evaluate("delete document.visibilityState;"
                + "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));"
                + "document.dispatchEvent(new Event('visibilitychange'))");

        // Then
        awaitRow(page, "app-2");
        assertThat(door().runtime().drainState().exchangesInFlight()).isOne();
    }
}
