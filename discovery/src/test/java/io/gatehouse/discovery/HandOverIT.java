// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application ends while its page is open, over real sockets: discovery, driver, History Server and a browser's requests. */
class HandOverIT {
    private static final String LINK = "/sparkui/app-1/stages/stage/?id=3";
    private static final String ENTRY = FakeSpark.LIST + "/app-1";

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private FakeSpark history;
    private FakeSpark driver;
    private ProxyUnderTest door;

    @BeforeEach
    void open() throws Exception {
        driver = FakeSpark.driver("app-1").answers("/stages/stage/", FakeSpark.response(200, "text/html", "live"));
        history = new FakeSpark()
                .answers("/history/app-1/stages/stage/", FakeSpark.response(200, "text/html", "history"));
    }

    @AfterEach
    void close() throws Exception {
        scheduler.shutdownNow();
        door.close();
        history.close();
        driver.close();
    }

    @Test
    void theSameLinkShowsTheLiveUiThenOursThenTheHistoryAndNoError() throws Exception {
        // Given
        try (AppRegistry registry = discovering()) {
            assertThat(get(LINK).text()).isEqualTo("live");
            assertThat(get("/app/app-1/stages/stage/?id=3").field("location")).isEqualTo(LINK);

            // When: it ends, and the History Server has not found its log
            driver.close();

            // Then
            List<String> seen = new ArrayList<>();
            ProxyUnderTest.patiently().until(() -> {
                seen.add(shown(get(LINK)));
                return seen.getLast().equals("finalising-Unknown");
            });
            assertThat(seen).allMatch(page -> page.equals("driver-gone") || page.equals("finalising-Unknown"));
            assertThat(shown(get("/app/app-1/stages/stage/?id=3"))).isEqualTo("finalising-Unknown");
            assertThat(shown(get("/history/app-1/stages/stage/?id=3"))).isEqualTo("finalising-Unknown");
            assertThat(get("/nosuch").status()).isEqualTo(404);

            // When
            history.answers(ENTRY, FakeSpark.response(200, "application/json", SparkJson.entry("app-1", "x", false)));
            becomes("finalising-Unfinished");
            history.answers(ENTRY, FakeSpark.response(200, "application/json", SparkJson.entry("app-1", "x", true)));
            becomes("302 /history/app-1/stages/stage/?id=3");

            // Then
            assertThat(get("/history/app-1/stages/stage/?id=3").text()).isEqualTo("history");
            assertThat(get("/app/app-1/stages/stage/?id=3").field("location"))
                    .isEqualTo("/history/app-1/stages/stage/?id=3");
            assertThat(registry.get().size()).isZero();
        }
    }

    @Test
    void pagesThatWaitCostTheHistoryServerNearlyNothing() throws Exception {
        try (AppRegistry _ = discovering()) {
            // Given
            driver.close();
            becomes("finalising-Unknown");
            long before = history.requestsFor(ENTRY);

            // When
            for (int i = 0; i < 50; i++) {
                assertThat(shown(get(LINK))).isEqualTo("finalising-Unknown");
            }

            // Then
            assertThat(history.requestsFor(ENTRY) - before).isLessThanOrEqualTo(10);

            // When
            history.answers(ENTRY, FakeSpark.response(200, "application/json", SparkJson.entry("app-1", "x", true)));
            becomes("302 /history/app-1/stages/stage/?id=3");
            long whole = history.requestsFor(ENTRY);
            for (int i = 0; i < 20; i++) {
                get("/history/app-1/stages/stage/?id=3");
            }

            // Then
            assertThat(history.requestsFor(ENTRY)).isEqualTo(whole);
        }
    }

    @Test
    void aHistoryServerThatIsDownIsWaitedFor() throws Exception {
        try (AppRegistry _ = discovering()) {
            history.close();
            driver.close();
            becomes("finalising-Unreachable");
            assertThat(get("/app/old-1/").status()).isEqualTo(503);
        }
    }

    @Test
    void theErrorBehindThePageIsInTheLogAndForPrograms() throws Exception {
        // Given: discovery that never notices
        Application application = new Application("app-1", "test", driver.upstream(), null);
        AppDirectory directory = new AppDirectory(List.of(application));
        start(() -> directory);
        driver.close();

        // When
        Response page = get(LINK);

        // Then
        assertThat(shown(page)).isEqualTo("driver-gone");
        assertThat(page.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
        assertThat(page.field("cache-control")).isEqualTo("no-store");
        assertThat(door.log(1).getFirst()).contains("\"status\":200", "\"error\":\"connection_refused\"");
        try (RawClient client = door.client()) {
            assertThat(client.get(LINK).response().status()).isEqualTo(502);
        }
    }

    private void becomes(String wanted) {
        ProxyUnderTest.patiently()
                .untilAsserted(() -> assertThat(shown(get(LINK))).isEqualTo(wanted));
    }

    /** The state of a page of ours, or status and target. */
    private static String shown(Response response) {
        String state = response.field(WaitingPage.FIELD);
        return state != null && response.status() == 200 ? state : response.status() + " " + response.field("location");
    }

    private Response get(String target) throws IOException {
        try (RawClient client = door.client()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: gate\r\nAccept: text/html,*/*;q=0.8\r\n\r\n");
            return client.response();
        }
    }

    /** With a registry that has found the driver. */
    private AppRegistry discovering() throws Exception {
        AppRegistry registry = new AppRegistry(new SimpleMeterRegistry());
        UpstreamClient client = start(registry);
        Upstream ui = driver.upstream();
        registry.use(List.of(new EndpointSource(
                "test", () -> List.of(new UiEndpoint(ui, null)), client, scheduler, Duration.ofMillis(100))));
        ProxyUnderTest.patiently()
                .untilAsserted(() -> assertThat(registry.get().size()).isOne());
        return registry;
    }

    private UpstreamClient start(Supplier<AppDirectory> directory) throws Exception {
        UiRouting routing = new UiRouting("/sparkui", new HistoryServer(history.upstream(), ""));
        UpstreamClient client =
                new UpstreamClient(() -> Objects.requireNonNull(door).runtime().anyContext());
        door = ProxyUnderTest.quick(
                new UiRouter(() -> routing, directory, id -> {}, client, () -> true, () -> UiSafety.OPEN));
        return client;
    }
}
