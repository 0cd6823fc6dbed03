// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.TrustedProxies.Fields;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ui door below /gatehouse of a front proxy, which is the test's client, over real sockets. */
class BasePathIT {
    private static final TrustedProxies LOOPBACK =
            new TrustedProxies(InetAddress::isLoopbackAddress, Fields.X_FORWARDED);

    /** How a front proxy passes on what it got for a path below /gatehouse. */
    enum Front {
        /** nginx with {@code proxy_pass http://gate;}. */
        PASSES_ON {
            @Override
            String head(String method, String path) {
                return method + " /gatehouse" + path + " HTTP/1.1\r\nHost: front.example\r\n";
            }
        },
        /** Traefik's {@code StripPrefix}. */
        STRIPS {
            @Override
            String head(String method, String path) {
                return method + " " + path + " HTTP/1.1\r\nHost: gate:4040\r\nX-Forwarded-Host: front.example\r\n"
                        + "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Prefix: /gatehouse\r\n";
            }
        };

        abstract String head(String method, String path);

        String get(String path) {
            return head("GET", path) + "\r\n";
        }
    }

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

    @ParameterizedTest
    @EnumSource
    void bothServersAreToldWhereTheyAppear(Front front) throws Exception {
        try (ProxyUnderTest door = door(LOOPBACK);
                RawClient client = door.client()) {
            // When
            client.send(front.get("/sparkui/app-1/api/v1/applications")).response();
            client.send(front.get("/history/old-1/jobs/?id=1")).response();

            // Then
            String live = driver.requests().getLast();
            assertThat(live).startsWith("GET /api/v1/applications HTTP/1.1\r\n");
            assertThat(Response.fields(live, "x-forwarded-context")).containsExactly("/gatehouse/sparkui/app-1");
            assertThat(Response.fields(live, "host")).containsExactly("front.example");
            String finished = history.requests().getLast();
            assertThat(finished).startsWith("GET /history/old-1/jobs/?id=1 HTTP/1.1\r\n");
            assertThat(Response.fields(finished, "x-forwarded-context")).containsExactly("/gatehouse");
        }
    }

    @ParameterizedTest
    @EnumSource
    void redirectsOfBothServersAndOfOursStayBelow(Front front) throws Exception {
        driver.answers("/jobs", moved("/jobs/"));
        driver.answers("/", moved("http://front.example/jobs/"));
        history.answers("/history/old-1", moved("/history/old-1/"));
        history.answers("/history/old-1/", moved("http://front.example/history/old-1/jobs/"));
        try (ProxyUnderTest door = door(LOOPBACK);
                RawClient client = door.client()) {
            assertThat(location(client, front, "/sparkui/app-1/jobs")).isEqualTo("/gatehouse/sparkui/app-1/jobs/");
            assertThat(location(client, front, "/sparkui/app-1/")).isEqualTo("/gatehouse/sparkui/app-1/jobs/");
            assertThat(location(client, front, "/history/old-1")).isEqualTo("/gatehouse/history/old-1/");
            assertThat(location(client, front, "/history/old-1/")).isEqualTo("/gatehouse/history/old-1/jobs/");
            assertThat(location(client, front, "/sparkui/app-1")).isEqualTo("/gatehouse/sparkui/app-1/");
            assertThat(location(client, front, "/sparkui/old-1/jobs/?a=b"))
                    .isEqualTo("/gatehouse/history/old-1/jobs/?a=b");
            assertThat(location(client, front, "/history/app-1/stages/")).isEqualTo("/gatehouse/sparkui/app-1/stages/");
        }
    }

    @ParameterizedTest
    @EnumSource
    void listAndFirstPageAreThere(Front front) throws Exception {
        history.answers("/", FakeSpark.response(200, "text/html", "<h4>No completed applications found!</h4>"));
        try (ProxyUnderTest door = door(LOOPBACK);
                RawClient client = door.client()) {
            Response list = client.send(front.get("/api/v1/applications")).response();
            assertThat(new ObjectMapper().readTree(list.body()).findValuesAsText("id"))
                    .containsExactly("app-1", "old-1");
            assertThat(client.send(front.get("/")).response().text())
                    .contains("<script src=\"/gatehouse/static/historypage.js\"></script>");
            client.send(front.get("/api/v1/applications/app-1")).response();
            assertThat(driver.requests().getLast()).startsWith("GET /api/v1/applications/app-1 HTTP/1.1\r\n");

            history.close();
            assertThat(client.send(front.get("/")).response().text()).contains("href=\"/gatehouse/sparkui/app-1/\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPageOfTheFrontsOwnSiteMayPostAndAnotherMayNot(Front front) throws Exception {
        driver.answers("/jobs/job/kill/", FakeSpark.response(200, "text/plain", "killed"));
        try (ProxyUnderTest door = door(LOOPBACK);
                RawClient client = door.client()) {
            String post = front.head("POST", "/sparkui/app-1/jobs/job/kill/") + "Content-Length: 0\r\n";
            assertThat(client.send(post + "Origin: https://evil.example\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(403);
            assertThat(client.send(post + "Origin: https://gate:4040\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(403);
            assertThat(client.send(post + "Origin: https://front.example\r\n\r\n")
                            .response()
                            .text())
                    .isEqualTo("killed");
        }
    }

    @Test
    void beyondItThereAreTheProbesAndTheWayIn() throws Exception {
        try (ProxyUnderTest door = door(TrustedProxies.NONE);
                RawClient client = door.client()) {
            assertThat(client.get("/healthz").response().status()).isEqualTo(200);
            assertThat(client.get("/gatehouse/readiness").response().status()).isEqualTo(200);
            assertThat(client.get("/").response().field("location")).isEqualTo("/gatehouse/");
            Response elsewhere = client.get("/sparkui/app-1/").response();
            assertThat(elsewhere.status()).isEqualTo(404);
            assertThat(elsewhere.text()).contains("/gatehouse/");
        }
        assertThat(driver.connections()).isZero();
        assertThat(history.connections()).isZero();
    }

    @Test
    void aPrefixOfAPeerThatIsNotTrustedIsNotBelievedAndSendsNobodyInCircles() throws Exception {
        try (ProxyUnderTest door = door(TrustedProxies.NONE);
                RawClient client = door.client()) {
            for (String path : List.of("/", "/sparkui/app-1/jobs/")) {
                Response response = client.send(Front.STRIPS.get(path)).response();
                assertThat(response.status()).isEqualTo(404);
                assertThat(response.text()).contains("ui.trustedProxies");
            }
        }
        assertThat(driver.connections()).isZero();
    }

    private static String location(RawClient client, Front front, String path) throws Exception {
        return client.send(front.get(path)).response().field("location");
    }

    private static String moved(String location) {
        return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
    }

    private ProxyUnderTest door(TrustedProxies trusted) throws Exception {
        UiRouting routing = new UiRouting("/gatehouse", "/sparkui", new HistoryServer(history.upstream(), ""));
        AppDirectory directory = new AppDirectory(
                List.of(new Application("app-1", "test", driver.upstream(), SparkJson.listing("app-1", "live", null))));
        return ProxyUnderTest.with(
                        RouterUnderTest.of(() -> routing, () -> directory).build())
                .trusting(trusted)
                .start();
    }
}
