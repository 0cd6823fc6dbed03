// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ui door with a History Server and a driver behind it, over real sockets. */
class UiDoorIT {
    private FakeSpark history;
    private FakeSpark driver;

    @BeforeEach
    void open() throws Exception {
        history = new FakeSpark().lists(SparkJson.finished("old-1"), SparkJson.entry("app-1", "stale", false));
        driver = FakeSpark.driver("app-1");
    }

    @AfterEach
    void close() throws Exception {
        history.close();
        driver.close();
    }

    @Test
    void theListHoldsRunningAndFinishedApplications() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            // When
            client.send("GET /api/v1/applications HTTP/1.1\r\nHost: gate\r\nAccept-Encoding: gzip\r\n\r\n");
            Response response = client.response();

            // Then
            JsonNode list = new ObjectMapper().readTree(response.body());
            assertThat(list.findValuesAsText("id")).containsExactly("app-1", "old-1");
            assertThat(list.get(0).get("name").asText()).isEqualTo("live");
            assertThat(history.requests().getFirst()).doesNotContainIgnoringCase("accept-encoding");

            client.send("HEAD /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.headResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void whatRunsIsShownWhileTheHistoryServerIsDown() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            history.close();

            client.send("GET / HTTP/1.1\r\nHost: gate\r\n\r\n");
            Response page = client.response();
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.text()).contains("href=\"/sparkui/app-1/\"", "The History Server does not answer");
            assertThat(page.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
            assertThat(page.field("cache-control")).isEqualTo("no-store");

            for (String query : List.of("?status=running", "", "?minDate=2026-01-01&status=COMPLETED&status=Running")) {
                client.get("/api/v1/applications" + query);
                Response list = client.response();
                assertThat(list.status()).isEqualTo(200);
                assertThat(ids(list)).containsExactly("app-1");
                assertThat(list.field("gatehouse-incomplete")).isEqualTo("history");
                assertThat(list.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
                assertThat(list.field("cache-control")).isEqualTo("no-store");
            }
            client.send("HEAD /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.headResponse().field("gatehouse-incomplete")).isEqualTo("history");

            // Nothing of these is known here.
            client.get("/api/v1/applications?status=completed");
            assertThat(client.response().status()).isEqualTo(502);
            client.get("/api/v1/applications?minDate=x");
            assertThat(client.response().status()).isEqualTo(502);
            assertThat(door.log(7)).allSatisfy(line -> assertThat(line).contains("\"error\":\"connection_refused\""));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void whatRunsIsShownWhileAGatewayAnswersForTheHistoryServer(int status) throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            // Given: a page of a service mesh, longer than what is read of it
            history.always(FakeSpark.response(status, "text/html", "no healthy upstream".repeat(10_000)));

            // When / Then
            for (int i = 0; i < 3; i++) {
                client.get("/api/v1/applications");
                Response list = client.response();
                assertThat(list.status()).isEqualTo(200);
                assertThat(ids(list)).containsExactly("app-1");
                assertThat(list.field("gatehouse-incomplete")).isEqualTo("history");
                assertThat(list.field("proxy-status")).isEqualTo("gatehouse; error=destination_unavailable");
            }
            client.get("/");
            assertThat(client.response().text()).contains("href=\"/sparkui/app-1/\"");

            // Where nothing is known here, its answer passes, and so does every other one
            client.get("/api/v1/applications?status=completed");
            assertThat(client.response().status()).isEqualTo(status);
            client.get("/api/v1/applications/old-1/executors/driver/threads");
            assertThat(client.response().status()).isEqualTo(status);

            // When: it is there again
            history.always(null);

            // Then
            client.get("/api/v1/applications");
            Response whole = client.response();
            assertThat(ids(whole)).containsExactly("app-1", "old-1");
            assertThat(whole.field("gatehouse-incomplete")).isNull();
            assertThat(door.log(7))
                    .filteredOn(line -> line.contains("\"error\":\"destination_unavailable\""))
                    .hasSize(4);
        }
    }

    @Test
    void aHistoryServerThatHangsDelaysNoListForLong() throws Exception {
        // Given: an upstream may take two minutes for an answer
        UiRouting routing = new UiRouting(
                "", "/sparkui", HistoryServers.of(new HistoryServer(history.upstream(), "")), Duration.ofMillis(300));
        history.hang(true);
        try (ProxyUnderTest door = door(routing);
                RawClient client = door.client()) {
            // When, Then
            Response list = client.get("/api/v1/applications").response();
            assertThat(ids(list)).containsExactly("app-1");
            assertThat(list.field("gatehouse-incomplete")).isEqualTo("history");
            assertThat(list.field("proxy-status")).isEqualTo("gatehouse; error=http_response_timeout");
            assertThat(client.get("/").response().text()).contains("href=\"/sparkui/app-1/\"");
        }
    }

    @Test
    void aWholeListSaysNothingOfBeingIncomplete() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.get("/api/v1/applications");
            assertThat(client.response().field("gatehouse-incomplete")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListSaysWhichClusterCannotBeSeen(boolean withHistory) throws Exception {
        // Given
        UiRouting routing = new UiRouting("/sparkui", withHistory ? new HistoryServer(history.upstream(), "") : null);
        AppDirectory unseen = directory().with(Map.of(), Map.of("eu", "The API server does not answer."));
        try (ProxyUnderTest door = door(routing, unseen);
                RawClient client = door.client()) {
            // When, Then
            client.get("/api/v1/applications");
            Response list = client.response();
            assertThat(ids(list)).contains("app-1");
            assertThat(Response.fields(list.head(), "gatehouse-incomplete")).containsExactly("eu");
            client.send("HEAD /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.headResponse().field("gatehouse-incomplete")).isEqualTo("eu");

            // Nothing in it is of clusters.
            client.get("/api/v1/applications?status=completed");
            assertThat(client.response().field("gatehouse-incomplete")).isNull();

            // When, Then
            if (withHistory) {
                history.close();
                client.get("/api/v1/applications");
                assertThat(client.response().field("gatehouse-incomplete")).isEqualTo("history, eu");
            }
        }
    }

    @Test
    void theHistoryServersWordOnAWrongDatePasses() throws Exception {
        history.always("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n"
                + "Couldn't parse date: xx");
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.get("/api/v1/applications?minDate=xx");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.text()).isEqualTo("Couldn't parse date: xx");
            assertThat(history.requests().getFirst()).startsWith("GET /api/v1/applications?minDate=xx ");
        }
    }

    @Test
    void theListMakesNoRequestToAnyDriver() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            // When
            client.send("GET /api/v1/applications?status=running HTTP/1.1\r\nHost: gate\r\n"
                    + "Cookie: session=secret\r\nAuthorization: Bearer secret\r\n\r\n");

            // Then: the viewer's credentials are the History Server's to judge, and nobody else sees them
            assertThat(ids(client.response())).containsExactly("app-1", "old-1");
            assertThat(history.requests().getFirst()).contains("Cookie: session=secret");
            assertThat(driver.connections()).isZero();
        }
    }

    @Test
    void driversThatHangDelayNoList() throws Exception {
        List<FakeSpark> hanging = new ArrayList<>();
        UiRouting routing = new UiRouting("/sparkui", new HistoryServer(history.upstream(), ""));
        try (SourceFixture fixture = new SourceFixture();
                ProxyUnderTest door = new ProxyUnderTest(
                        RouterUnderTest.of(() -> routing, fixture.registry).build());
                RawClient client = door.client()) {
            // Given: of eleven drivers ten do not answer, and it takes long until they are given up
            List<UiEndpoint> endpoints = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                FakeSpark one = FakeSpark.driver("hung-" + i);
                one.hang(true);
                hanging.add(one);
                endpoints.add(new UiEndpoint(one.upstream(), null));
            }
            endpoints.add(new UiEndpoint(driver.upstream(), null));
            UpstreamClient patient = new UpstreamClient(door.runtime()::anyContext);
            fixture.registry.use(List.of(
                    new EndpointSource("static", () -> endpoints, patient, fixture.scheduler, SourceFixture.INTERVAL)));

            // When
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            await().until(() -> hanging.stream().noneMatch(one -> one.requests().isEmpty()));

            // Then: while they hang
            for (int i = 0; i < 3; i++) {
                client.get("/api/v1/applications?status=running");
                assertThat(ids(client.response())).containsExactly("app-1", "old-1");
            }
            assertThat(hanging).allMatch(one -> one.requests().size() == 1);
        } finally {
            for (FakeSpark one : hanging) {
                one.close();
            }
        }
    }

    @Test
    void aHundredThousandFinishedApplicationsPassWithoutBeingHeld() throws Exception {
        byte[] entry = SparkJson.bytes(", " + SparkJson.finished("app-20260101120000-0001"));
        long size = 100_000L * entry.length + 4;
        AtomicLong sent = new AtomicLong();
        try (ScriptedUpstream large = new ScriptedUpstream(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + size
                            + "\r\n\r\n[ ");
                    for (int i = 0; i < 100_000; i++) {
                        connection.send(i == 0 ? Arrays.copyOfRange(entry, 2, entry.length) : entry);
                        sent.addAndGet(entry.length);
                    }
                    connection.send("  ]\n");
                });
                ProxyUnderTest door = doorTo(new Upstream("127.0.0.1", large.port()));
                RawClient client = new RawClient(door.address(), 64 << 10)) {
            // When: the client asks and does not read
            client.get("/api/v1/applications");
            AtomicLong before = new AtomicLong();
            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> before.getAndSet(sent.get()) == sent.get() && sent.get() > 0);

            // Then: what has left the History Server lies in the kernel's buffers and, bounded, in ours
            assertThat(size).isGreaterThan(50_000_000);
            assertThat(sent.get()).isLessThan(20_000_000);

            // When: it reads
            Response list = client.response();

            // Then
            assertThat(list.text().split("\"id\" : ", -1)).hasSize(100_001);
            assertThat(list.text()).startsWith("[ {\"id\":\"app-1\"").endsWith("} ]\n");
        }
    }

    private static List<String> ids(Response list) throws IOException {
        List<String> ids = new ArrayList<>();
        new ObjectMapper()
                .readTree(list.body())
                .forEach(entry -> ids.add(entry.get("id").asText()));
        return ids;
    }

    @Test
    void aDeadReplicaOfTheHistoryServerCostsNobodyAnError() throws Exception {
        try (FakeSpark replica = new FakeSpark().lists(SparkJson.finished("old-1"));
                ProxyUnderTest door = door("/sparkui", replica.upstream());
                RawClient client = door.client()) {
            // Given
            for (int i = 0; i < 2; i++) {
                client.send("GET /api/v1/applications/old-1/jobs HTTP/1.1\r\nHost: gate\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(404);
            }
            assertThat(history.requests()).hasSize(1);
            assertThat(replica.requests()).hasSize(1);
            // When
            history.close();
            // Then
            for (int i = 0; i < 20; i++) {
                client.send("GET /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
                Response response = client.response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).contains("old-1", "app-1");
            }
            assertThat(door.count("gatehouse.request.errors")).isZero();
        }
    }

    @Test
    void anEmptyFirstPageGetsItsTable() throws Exception {
        history.answers("/", FakeSpark.response(200, "text/html", "<h4>No completed applications found!</h4>"));
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.send("GET / HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.response().text()).contains("<div id=\"history-summary\"></div>");
        }
    }

    @Test
    void aDriverIsToldItsPrefixWhateverTheClientSaysAndItsRedirectsAreBelowIt() throws Exception {
        driver.answers("/jobs", "HTTP/1.1 301 Moved\r\nLocation: /jobs/\r\nContent-Length: 0\r\n\r\n");
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.send("GET /sparkui/app-1/jobs HTTP/1.1\r\nHost: gate\r\nX-Forwarded-Context: /evil\r\n\r\n");
            assertThat(client.response().field("location")).isEqualTo("/sparkui/app-1/jobs/");
            assertThat(Response.fields(driver.requests().getLast(), "x-forwarded-context"))
                    .containsExactly("/sparkui/app-1");
        }
    }

    @Test
    void aDriverBelowProxyIsNotToldButItsRedirectsAreBelowItToo() throws Exception {
        driver.answers("/jobs", "HTTP/1.1 301 Moved\r\nLocation: /jobs/\r\nContent-Length: 0\r\n\r\n");
        driver.answers("/", "HTTP/1.1 302 Found\r\nLocation: /proxy/app-1/jobs/\r\nContent-Length: 0\r\n\r\n");
        try (ProxyUnderTest door = door("/proxy");
                RawClient client = door.client()) {
            client.send("GET /proxy/app-1/jobs HTTP/1.1\r\nHost: gate\r\nX-Forwarded-Context: /evil\r\n\r\n");
            assertThat(client.response().field("location")).isEqualTo("/proxy/app-1/jobs/");
            client.send("GET /proxy/app-1/ HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.response().field("location")).isEqualTo("/proxy/app-1/jobs/");
            assertThat(driver.requests())
                    .allSatisfy(head -> assertThat(head).doesNotContainIgnoringCase("x-forwarded-context"));
        }
    }

    @Test
    void aRunningApplicationsHistoryLinkLeadsToTheSamePageOfItsLiveUi() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.send("GET /history/app-1/stages/stage/?id=3 HTTP/1.1\r\nHost: gate\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(302);
            assertThat(response.field("location")).isEqualTo("/sparkui/app-1/stages/stage/?id=3");
            assertThat(response.field("cache-control")).isEqualTo("no-store");
        }
    }

    @Test
    void anotherSitesKillReachesNoDriver() throws Exception {
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.send("POST /sparkui/app-1/jobs/job/kill/ HTTP/1.1\r\nHost: gate\r\nOrigin: http://evil\r\n"
                    + "Content-Length: 4\r\n\r\nid=1");
            assertThat(client.response().status()).isEqualTo(403);
        }
        try (ProxyUnderTest door = door("/sparkui");
                RawClient client = door.client()) {
            client.send("GET /sparkui/app-1/jobs/job/kill//?id=1 HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(405);
        }
        assertThat(driver.connections()).isZero();
    }

    private ProxyUnderTest door(String base, Upstream... replicas) throws Exception {
        List<Upstream> servers = new ArrayList<>(List.of(replicas));
        servers.addFirst(history.upstream());
        return door(base, new UpstreamGroup(servers));
    }

    private ProxyUnderTest doorTo(Upstream historyServer) throws Exception {
        return door("/sparkui", UpstreamGroup.of(historyServer));
    }

    private ProxyUnderTest door(String base, UpstreamGroup historyServers) throws Exception {
        return door(new UiRouting(base, new HistoryServer(historyServers, "")));
    }

    private ProxyUnderTest door(UiRouting routing) throws Exception {
        return door(routing, directory());
    }

    private AppDirectory directory() {
        return new AppDirectory(
                List.of(new Application("app-1", "test", driver.upstream(), SparkJson.listing("app-1", "live", null))));
    }

    private static ProxyUnderTest door(UiRouting routing, AppDirectory directory) throws Exception {
        return new ProxyUnderTest(
                RouterUnderTest.of(() -> routing, () -> directory).build());
    }
}
