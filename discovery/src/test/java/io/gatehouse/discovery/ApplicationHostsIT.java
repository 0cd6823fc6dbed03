// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Applications on hosts of their own, over real sockets: what of one user's driver reaches whose pages. */
class ApplicationHostsIT {
    private static final String MAIN = "spark.example.com";
    private static final String ONE = "app-1.apps.example.com";
    private static final String TWO = "app-2.apps.example.com";
    private static final String EVIL = "<script>fetch('/sparkui/app-2/jobs/job/kill/?id=1', {method: 'POST'})</script>";

    private FakeSpark history;
    private FakeSpark one;
    private FakeSpark two;
    private ProxyUnderTest door;
    private volatile AppDirectory directory = AppDirectory.EMPTY;

    @BeforeEach
    void open() throws Exception {
        history = new FakeSpark().lists(SparkJson.finished("old-1"));
        one = FakeSpark.driver("app-1");
        two = FakeSpark.driver("app-2");
        directory = new AppDirectory(List.of(application("app-1", one), application("app-2", two)));
        UiRouting routing = new UiRouting("/sparkui", new HistoryServer(history.upstream(), ""))
                .withHosts(new ApplicationHosts("apps.example.com", MAIN));
        door = ProxyUnderTest.with(RouterUnderTest.of(() -> routing, () -> directory)
                        .handOver(HandOvers.knowing(new HistoryState.Finished(null)))
                        .build())
                .trusting(new TrustedProxies(InetAddress::isLoopbackAddress, TrustedProxies.Fields.X_FORWARDED))
                .start();
        door.listener()
                .guard(Boundary.OPEN
                        .withCredentials(
                                new Credentials(Credentials.Cookies.SCOPED, List.of(), Credentials.Audience.NOBODY, ""))
                        .withResponses(ResponseRules.of(List.of(), "frame-ancestors 'self'")));
    }

    @AfterEach
    void close() throws Exception {
        door.close();
        history.close();
        one.close();
        two.close();
    }

    private static Application application(String id, FakeSpark driver) {
        return new Application(id, "test", driver.upstream(), SparkJson.listing(id, "live", null));
    }

    private Response ask(String method, String host, String path, String... fields) throws Exception {
        try (RawClient client = door.client()) {
            String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + lines + "\r\n")
                    .response();
        }
    }

    @Test
    void theLinkOnTheMainHostLeadsToThePageOnTheApplicationsOwn() throws Exception {
        one.answers("/jobs/", FakeSpark.response(200, "text/html", EVIL));

        // When
        Response link = ask("GET", MAIN, "/sparkui/app-1/jobs/?x=1");
        Response page = ask("GET", ONE, "/sparkui/app-1/jobs/?x=1");

        // Then: defect 4, the page that a user's code wrote stands on no host but its own
        assertThat(link.status()).isEqualTo(302);
        assertThat(link.field("location")).isEqualTo("//" + ONE + "/sparkui/app-1/jobs/?x=1");
        assertThat(link.text()).isEmpty();
        assertThat(page.text()).isEqualTo(EVIL);
        String seen = one.requests().getLast();
        assertThat(Response.fields(seen, "host")).containsExactly(ONE);
        assertThat(Response.fields(seen, "x-forwarded-host")).containsExactly(ONE);
        assertThat(Response.fields(seen, "x-forwarded-context")).containsExactly("/sparkui/app-1");
        assertThat(one.requestsFor("/jobs/")).isEqualTo(1);
    }

    @Test
    void whatThatPageAsksForOnItsOwnHostIsNobodyElses() throws Exception {
        for (String path : List.of(
                "/sparkui/app-2/jobs/",
                "/api/v1/applications",
                "/api/v1/applications/app-2/jobs",
                "/history/old-1/",
                "/apps")) {
            assertThat(ask("GET", ONE, path).status()).as(path).isEqualTo(404);
        }
        Response kill = ask(
                "POST",
                TWO,
                "/sparkui/app-2/jobs/job/kill/?id=1",
                "Origin: http://" + ONE,
                "Sec-Fetch-Site: same-site",
                "Content-Length: 0");
        assertThat(kill.status()).isEqualTo(403);
        assertThat(two.connections()).isZero();
        assertThat(history.connections()).isZero();
    }

    @Test
    void redirectsAndCookiesOfADriverStayOnItsHost() throws Exception {
        one.answers("/", FakeSpark.redirect("http://" + ONE + "/jobs/"));
        one.answers(
                "/jobs/",
                "HTTP/1.1 200 OK\r\nSet-Cookie: SID=1; Domain=example.com; Path=/\r\nContent-Length: 2\r\n\r\nok");
        assertThat(ask("GET", ONE, "/sparkui/app-1/").field("location")).isEqualTo("/sparkui/app-1/jobs/");
        assertThat(ask("GET", ONE, "/sparkui/app-1/jobs/").field("set-cookie"))
                .isEqualTo("gh~app-1~SID=1; HttpOnly; SameSite=Lax; Path=/sparkui/app-1/");
    }

    /** A page of a neighbour's can set any other for the domain above both, and this driver would take it for its own. */
    @Test
    void overTlsACookieIsOneThatNoOtherHostCanSet() throws Exception {
        String tls = "X-Forwarded-Proto: https";
        one.answers("/jobs/", "HTTP/1.1 200 OK\r\nSet-Cookie: SID=1; Path=/jobs\r\nContent-Length: 2\r\n\r\nok");
        assertThat(ask("GET", ONE, "/sparkui/app-1/jobs/", tls).field("set-cookie"))
                .isEqualTo("__Host-gh~app-1~SID=1; Secure; HttpOnly; SameSite=Lax; Path=/");

        // When
        ask("GET", ONE, "/sparkui/app-1/jobs/", tls, "Cookie: gh~app-1~SID=evil; __Host-gh~app-1~SID=1");

        // Then
        assertThat(Response.fields(one.requests().getLast(), "cookie")).containsExactly("SID=1");
    }

    @Test
    void whatADriverSaysAsDataIsNoPageOfTheMainHost() throws Exception {
        // Given: a driver that answers the REST API with a page, and a policy that allows it everything
        one.answers(
                "/api/v1/applications/app-1/jobs",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: script-src *\r\nContent-Length: "
                        + EVIL.length() + "\r\n\r\n" + EVIL);
        // When
        Response data = ask("GET", MAIN, "/api/v1/applications/app-1/jobs");
        // Then
        assertThat(data.text()).isEqualTo(EVIL);
        assertThat(Response.fields(data.head(), "content-security-policy"))
                .containsExactly("sandbox; default-src 'none'; frame-ancestors 'none'");
        assertThat(data.field("x-content-type-options")).isEqualTo("nosniff");
    }

    @Test
    void anApplicationThatEndsIsHandedOverToTheMainHost() throws Exception {
        directory = AppDirectory.EMPTY.with(Lives.of("app-1", new ApplicationLife.Ended(HandOvers.NOW)));

        // When
        Response own = ask("GET", ONE, "/sparkui/app-1/stages/?a=b", "Accept: text/html");
        Response main = ask("GET", MAIN, "/sparkui/app-1/stages/?a=b", "Accept: text/html");

        // Then
        assertThat(own.field("location")).isEqualTo("//" + MAIN + "/sparkui/app-1/stages/?a=b");
        assertThat(main.field("location")).isEqualTo("/history/app-1/stages/?a=b");
    }

    @Test
    void filesOfADriverThatHasGoneComeFromTheHistoryServerByTheSameHost() throws Exception {
        history.answers("/static/webui.js", FakeSpark.response(200, "text/javascript", "a script"));
        one.close();

        // When: Spark's own policy allows a page the scripts of its own host only
        String file = ask("GET", ONE, "/sparkui/app-1/static/webui.js").field("location");

        // Then
        assertThat(file).isEqualTo("/static/webui.js");
        assertThat(ask("GET", ONE, file).text()).isEqualTo("a script");
    }

    @Test
    void aHostIsNeverAnAddressToGoTo() throws Exception {
        String loopback = "127-0-0-1.apps.example.com:" + one.port();
        assertThat(ask("GET", loopback, "/sparkui/127-0-0-1/jobs/").field("location"))
                .startsWith("//" + MAIN + ":" + one.port() + "/");
        assertThat(ask("GET", "127.0.0.1.apps.example.com", "/jobs/").status()).isEqualTo(404);
        assertThat(one.connections()).isZero();
        assertThat(two.connections()).isZero();
    }
}
