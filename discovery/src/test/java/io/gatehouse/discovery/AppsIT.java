// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our list over real sockets: from the History Server's list to the page. */
class AppsIT {
    private static final Pattern VERSION = Pattern.compile(" data-version=\"([^\"]+)\"");

    private final AtomicReference<AppDirectory> directory = new AtomicReference<>(AppDirectory.EMPTY);
    private FakeSpark history;
    private UiRouter router;
    private ProxyUnderTest door;

    @BeforeEach
    void open() throws Exception {
        history = new FakeSpark().lists(SparkJson.finished("old-1"), SparkJson.entry("dead-1", "lost", false));
        UiRouting routing = new UiRouting("/sparkui", new HistoryServer(history.upstream(), ""));
        directory.set(running("app-1"));
        UpstreamClient client =
                new UpstreamClient(() -> Objects.requireNonNull(door).runtime().anyContext());
        router = new UiRouter(() -> routing, directory::get, id -> {}, client, () -> true, () -> UiSafety.OPEN);
        door = ProxyUnderTest.quick(router);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
        history.close();
    }

    private AppDirectory running(String... ids) {
        return new AppDirectory(Arrays.stream(ids)
                .map(id -> new Application(id, "test", history.upstream(), SparkJson.listing(id, "live", null)))
                .toList());
    }

    @Test
    void whoeverLooksIsToldOfEachChangeAndOfNothingElse() throws Exception {
        try (RawClient client = door.client()) {
            // Given
            String shown = version(get("/apps"));
            assertThat(client.get("/apps/events").head()).contains("text/event-stream");
            assertThat(chunk(client)).isEqualTo("retry: 3000\n\n");
            assertThat(chunk(client)).as("at once, for who has an older page").isEqualTo(event(shown));

            // When: the same again, as every round of discovery makes it
            directory.set(running("app-1"));
            String found = nextButComments(client, () -> directory.set(running("app-1", "app-2")));
            assertThat(found).isEqualTo(event(version(get("/apps")))).isNotEqualTo(event(shown));

            // When, Then
            String ended = nextButComments(
                    client, () -> history.lists(SparkJson.finished("old-1"), SparkJson.finished("old-2")));
            Response page = get("/apps");
            assertThat(page.text()).contains("/app/old-2/");
            assertThat(ended).isEqualTo(event(version(page))).isNotEqualTo(found);
        }
    }

    private static String event(String version) {
        return "data: " + version + "\n\n";
    }

    private static String version(Response page) {
        Matcher matcher = VERSION.matcher(page.text());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void whoseStreamBeginsLateIsToldWhatHasHappenedMeanwhile() throws Exception {
        String shown = version(get("/apps"));
        directory.set(running("app-1", "app-2"));
        try (RawClient client = door.client()) {
            client.get("/apps/events").head();
            chunk(client);
            assertThat(chunk(client)).startsWith("data: ").isNotEqualTo(event(shown));
        }
    }

    /** {@code change} happens after so many comments that the History Server's list has been read again. */
    private static String nextButComments(RawClient client, Runnable change) throws IOException {
        int before = 14;
        for (int comments = 0; comments < 100; comments++) {
            String chunk = chunk(client);
            if (!chunk.startsWith(":")) {
                return comments < before ? "too early: " + chunk : chunk;
            }
            if (comments == before) {
                change.run();
            }
        }
        return "nothing";
    }

    private static String chunk(RawClient client) throws IOException {
        StringBuilder size = new StringBuilder();
        for (int b = client.in().read(); b != '\n'; b = client.in().read()) {
            size.append((char) b);
        }
        byte[] bytes = client.in().readNBytes(Integer.parseInt(size.toString().strip(), 16) + 2);
        return new String(bytes, 0, bytes.length - 2, StandardCharsets.US_ASCII);
    }

    @Test
    void whatRunsAndWhatTheHistoryServerListsIsOnOnePage() throws Exception {
        Response page = get("/apps");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("3 applications", "/app/app-1/", "/app/old-1/", "/app/dead-1/", ">unknown<");
        assertThat(page.field("content-security-policy")).contains("script-src 'sha256-");
        assertThat(get("/apps?state=finished").text())
                .contains("1 application<")
                .doesNotContain("/app/app-1/");
    }

    @Test
    void manyWhoLookCostTheHistoryServerOneQuestion() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(get("/apps?page=" + i).status()).isEqualTo(200);
        }
        assertThat(history.requestsFor("limit=")).isOne();
    }

    @Test
    void aHistoryServerThatIsDownIsSaidAndWhatRunsIsShown() throws Exception {
        history.close();
        assertThat(get("/apps").text()).contains("1 application<", "/app/app-1/", "No list at the moment");
    }

    @Test
    void aListOfManyPassesThroughInPieces() throws Exception {
        String[] entries = IntStream.range(0, 20_000)
                .mapToObj(i -> SparkJson.entry("old-" + i, "n", true))
                .toArray(String[]::new);
        history.lists(entries);
        // With ordinary deadlines: a busy machine takes its time for such a list.
        door.close();
        door = ProxyUnderTest.with(router).start();
        assertThat(get("/apps?q=old-19999").text()).contains("1 application<", "/app/old-19999/");
        assertThat(get("/apps").text()).contains("20001 applications", "page 1 of 200");
    }

    @Test
    void aListThatIsCutOrNoneIsNotTaken() throws Exception {
        history.always(FakeSpark.response(200, "application/json", "[ " + SparkJson.finished("old-1")));
        assertThat(get("/apps").text()).contains("No list at the moment").doesNotContain("old-1");
    }

    @Test
    void aPageThatSaysLoginIsNoList() throws Exception {
        history.always(FakeSpark.response(200, "text/html", "<html>Sign in"));
        assertThat(get("/apps").text()).contains("No list at the moment");
    }

    private Response get(String target) throws IOException {
        try (RawClient client = door.client()) {
            return client.get(target).response();
        }
    }
}
