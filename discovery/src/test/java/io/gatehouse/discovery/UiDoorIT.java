// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

            client.send("GET /api/v1/applications?status=running HTTP/1.1\r\nHost: gate\r\n\r\n");
            JsonNode list = new ObjectMapper().readTree(client.response().body());
            assertThat(list.findValuesAsText("id")).containsExactly("app-1");

            // A program would believe a list without the finished ones.
            client.send("GET /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(502);
            assertThat(door.log(3)).allSatisfy(line -> assertThat(line).contains("\"error\":\"connection_refused\""));
        }
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
        UiRouting routing = new UiRouting(base, new HistoryServer(new UpstreamGroup(servers), ""));
        AppDirectory directory = new AppDirectory(
                List.of(new Application("app-1", "test", driver.upstream(), SparkJson.listing("app-1", "live", null))));
        return new ProxyUnderTest(new UiRouter(
                () -> routing,
                () -> directory,
                () -> {},
                HandOvers.askingNobody(),
                HandOvers.listing(HistorySnapshot.NOTHING),
                () -> true));
    }
}
