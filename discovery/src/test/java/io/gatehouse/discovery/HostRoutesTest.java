// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which host shows what, where applications have hosts of their own. What the right columns mean stands at {@link Decisions#line}. */
class HostRoutesTest {
    private static final String YARN = "application_1_1";
    private static final HistoryServer SHS = new HistoryServer(new Upstream("shs", 18080), "");
    private static final ApplicationHosts HOSTS = new ApplicationHosts("apps.example.com", "spark.example.com");
    private static final AppDirectory DIRECTORY = new AppDirectory(List.of(
                    app("app-1", "driver-1", SparkJson.listing("app-1", "one", null)),
                    app("app-2", "driver-2", null),
                    app(YARN, "driver-y", null)))
            .with(Lives.of("end-1", new ApplicationLife.Ended(HandOvers.NOW)));
    private static final String PROGRAM = "Accept: application/json";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # what is a driver's goes to its application's host, path and query kept
            spark.example.com      | /sparkui/app-1/jobs/?a=b&c    | 302 //app-1.apps.example.com/sparkui/app-1/jobs/?a=b&c
            spark.example.com:4040 | /sparkui/app-1/               | 302 //app-1.apps.example.com:4040/sparkui/app-1/
            SPARK.example.com      | /sparkui/app-1/static/x.js    | 302 //app-1.apps.example.com/sparkui/app-1/static/x.js
            spark.example.com      | /sparkui/app-1/api/v1/a       | 302 //app-1.apps.example.com/sparkui/app-1/api/v1/a
            127.0.0.1:4040         | /sparkui/app-1/jobs/          | 302 //app-1.apps.example.com:4040/sparkui/app-1/jobs/
            apps.example.com       | /sparkui/app-1/jobs/          | 302 //app-1.apps.example.com/sparkui/app-1/jobs/
            spark.example.com      | /sparkui/app-1//evil.example/ | 302 //app-1.apps.example.com/sparkui/app-1//evil.example/
            # by way of the main host's own redirects
            spark.example.com      | /sparkui/app-1                | 302 /sparkui/app-1/
            spark.example.com      | /app/app-1/stages/            | 302 /sparkui/app-1/stages/
            spark.example.com      | /history/app-1/jobs/          | 302 /sparkui/app-1/jobs/
            spark.example.com      | /proxy/app-1/jobs/            | 302 /sparkui/app-1/jobs/
            # everything else is where it was
            spark.example.com      | /                             | ui-home shs / filtered
            spark.example.com      | /history/old-1/jobs/          | ui-history shs /history/old-1/jobs/
            spark.example.com      | /api/v1/applications/app-1    | ui-api driver-1 /api/v1/applications/app-1
            spark.example.com      | /healthz                      | ui-health 200
            """)
    void theMainHostShowsNoDriversPage(String host, String target, String decision) throws HttpViolation {
        assertThat(route("GET", host, target)).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # its own pages
            app-1.apps.example.com       | /sparkui/app-1/jobs/?a=b   | ui-live driver-1 /jobs/?a=b /sparkui/app-1
            App-1.APPS.example.com.:4040 | /sparkui/app-1/            | ui-live driver-1 / /sparkui/app-1
            app-1.apps.example.com       | /sparkui/app-1             | 302 /sparkui/app-1/
            app-1.apps.example.com       | /                          | 302 /sparkui/app-1/
            app-1.apps.example.com       | /?a=b                      | 302 /sparkui/app-1/?a=b
            app-1.apps.example.com       | /proxy/app-1/jobs/         | 302 /sparkui/app-1/jobs/
            # Spark's own files, which its pages may take from nowhere else, for the moment that there is no driver to have them from
            app-1.apps.example.com       | /static/webui.js           | ui-static shs /static/webui.js
            end-1.apps.example.com       | /static/webui.js           | ui-static shs /static/webui.js
            end-1.apps.example.com       | /sparkui/end-1/static/x.js | 302 /static/x.js
            # nothing else: not another's, not the platform's
            app-1.apps.example.com       | /static                    | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /sparkui/app-2/jobs/       | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /sparkui/app-10/           | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /proxy/app-2/jobs/         | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /app/app-1/                | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /apps                      | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /apps/events               | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /api/v1/applications       | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /api/v1/applications/app-1 | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /history/old-1/            | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /home/                     | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /favicon.ico               | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | /healthz                   | DESTINATION_NOT_FOUND
            app-1.apps.example.com       | //sparkui/app-1/           | DESTINATION_NOT_FOUND
            # hosts of nobody
            x.app-1.apps.example.com     | /sparkui/app-1/            | DESTINATION_NOT_FOUND
            application_1_1.apps.example.com | /sparkui/application_1_1/ | DESTINATION_NOT_FOUND
            app-1-x0123456789abcdef.apps.example.com | /            | DESTINATION_NOT_FOUND
            # what has ended: the main host knows what becomes of it
            end-1.apps.example.com:81    | /sparkui/end-1/jobs/?a=b   | 302 //spark.example.com:81/sparkui/end-1/jobs/?a=b
            end-1.apps.example.com       | /                          | 302 //spark.example.com/app/end-1/
            never-1.apps.example.com     | /sparkui/never-1/x         | 302 //spark.example.com/sparkui/never-1/x
            never-1.apps.example.com     | /history/never-1/x         | DESTINATION_NOT_FOUND
            """)
    void anApplicationsHostShowsItAlone(String host, String target, String decision) throws HttpViolation {
        assertThat(route("GET", host, target)).isEqualTo(decision);
    }

    @Test
    void anIdThatIsNoHostNameHasAHostAllTheSame() throws HttpViolation {
        // Given
        String host = ApplicationHosts.label(YARN) + ".apps.example.com";
        // When, Then: there and back
        assertThat(route("GET", "spark.example.com", "/sparkui/" + YARN + "/jobs/"))
                .isEqualTo("302 //" + host + "/sparkui/" + YARN + "/jobs/");
        assertThat(route("GET", host, "/sparkui/" + YARN + "/jobs/"))
                .isEqualTo("ui-live driver-y /jobs/ /sparkui/" + YARN);
        assertThat(route("GET", host, "/")).isEqualTo("302 /sparkui/" + YARN + "/");
    }

    @Test
    void methodsAreKept() throws HttpViolation {
        assertThat(route("HEAD", "spark.example.com", "/sparkui/app-1/")).startsWith("302 //app-1.");
        assertThat(route("POST", "spark.example.com", "/sparkui/app-1/x")).startsWith("307 //app-1.");
        assertThat(route("POST", "end-1.apps.example.com", "/sparkui/end-1/x")).startsWith("307 //spark.");
    }

    @Test
    void aKillIsOfTheApplicationsOwnHostAndOrigin() throws HttpViolation {
        String kill = "/sparkui/app-1/jobs/job/kill/?id=1";
        String own = "Host: app-1.apps.example.com";
        assertThat(line("POST", kill, own, "Origin: https://app-1.apps.example.com"))
                .startsWith("ui-live driver-1 /jobs/job/kill/?id=1");
        assertThat(line("GET", kill, own)).isEqualTo("ui-kill 200");
        // Not by pages of the platform or of another application, which is the same site to a browser.
        assertThat(line("POST", kill, own, "Origin: https://app-2.apps.example.com"))
                .isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(line("POST", kill, own, "Origin: https://spark.example.com")).isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(line("POST", kill, own, "Sec-Fetch-Site: same-site")).isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(line("GET", kill, "Host: spark.example.com")).isEqualTo("METHOD_NOT_ALLOWED");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https, spark.example.com, 0, //app-1.apps.example.com",
                "https, spark.example.com:8443, 0, //app-1.apps.example.com:8443",
                "https, spark.example.com, 8443, //app-1.apps.example.com:8443",
                "https, spark.example.com, 443, //app-1.apps.example.com",
                "-, spark.example.com, 80, //app-1.apps.example.com"
            })
    void behindATrustedProxyTheClientsHostCounts(@Nullable String scheme, String host, int port, String location)
            throws HttpViolation {
        ClientInfo client = Clients.at(scheme, host, port);
        RequestHead head = Heads.get("/sparkui/app-1/", "Host: gate:4040");
        assertThat(Decisions.line(router("", DIRECTORY), head, client))
                .isEqualTo("302 " + location + "/sparkui/app-1/");
        assertThat(Decisions.line(router("", DIRECTORY), head, Clients.at(scheme, "app-1.apps.example.com", port)))
                .startsWith("ui-live driver-1 ");
    }

    @Test
    void belowABasePathItIsTheSame() throws HttpViolation {
        UiRouter router = router("/gate", DIRECTORY);
        assertThat(Decisions.line(router, Heads.get("/gate/sparkui/app-1/x", "Host: spark.example.com")))
                .isEqualTo("302 //app-1.apps.example.com/gate/sparkui/app-1/x");
        assertThat(Decisions.line(router, Heads.get("/gate/sparkui/app-1/x", "Host: app-1.apps.example.com")))
                .isEqualTo("ui-live driver-1 /x /gate/sparkui/app-1");
        assertThat(Decisions.line(router, Heads.get("/gate/", "Host: app-1.apps.example.com")))
                .isEqualTo("302 /gate/sparkui/app-1/");
        assertThat(Decisions.line(router, Heads.get("/gate/apps", "Host: app-1.apps.example.com")))
                .isEqualTo("DESTINATION_NOT_FOUND");
    }

    @Test
    void whatADriverCallsDataIsNoPageOfTheMainHost() throws HttpViolation {
        assertThat(policy("/api/v1/applications/app-1/jobs")).contains("sandbox;", "default-src 'none'");
        assertThat(policy("/api/v1/applications/old-1/jobs")).isEmpty();
    }

    private static String policy(String target) throws HttpViolation {
        RouteDecision decision = Decisions.decide(router("", DIRECTORY), Heads.get(target, "Host: spark.example.com"));
        return new String(((RouteDecision.Forward) decision).target().policyLine(), StandardCharsets.US_ASCII);
    }

    @Test
    void aDriverThatIsGoneIsLookedForByItsOwnName() throws HttpViolation {
        // Given
        List<String> missed = new ArrayList<>();
        UiRouting rules = new UiRouting("/gate", "/sparkui", SHS).withHosts(HOSTS);
        UiRouter router = RouterUnderTest.of(() -> rules, () -> DIRECTORY)
                .whenMissed(missed::add)
                .build();
        RequestHead head = Heads.get("/gate/sparkui/app-1/jobs/", "Host: app-1.apps.example.com", "Accept: text/html");

        // When
        RouteDecision.Forward live = (RouteDecision.Forward) Decisions.decide(router, head);
        live.target().fallback().answer(head, ErrorType.CONNECTION_REFUSED);

        // Then
        assertThat(missed).containsExactly("app-1");
    }

    @Test
    void aDirectoryThatChangesIsTheOneThatCounts() throws HttpViolation {
        AppDirectory[] present = {AppDirectory.EMPTY};
        UiRouter router = router(new UiRouting("", "/sparkui", SHS).withHosts(HOSTS), () -> present[0]);
        String host = "Host: " + ApplicationHosts.label(YARN) + ".apps.example.com";
        assertThat(Decisions.line(router, Heads.get("/", host))).isEqualTo("DESTINATION_NOT_FOUND");
        present[0] = DIRECTORY;
        assertThat(Decisions.line(router, Heads.get("/", host))).isEqualTo("302 /sparkui/" + YARN + "/");
    }

    private static String route(String method, String host, String target) throws HttpViolation {
        return line(method, target, "Host: " + host, PROGRAM);
    }

    private static String line(String method, String target, String... fields) throws HttpViolation {
        return Decisions.line(router("", DIRECTORY), Heads.request(method, target, fields));
    }

    private static UiRouter router(String base, AppDirectory directory) {
        return router(new UiRouting(base, "/sparkui", SHS).withHosts(HOSTS), () -> directory);
    }

    private static UiRouter router(UiRouting routing, Supplier<AppDirectory> directory) {
        return RouterUnderTest.of(() -> routing, directory).build();
    }
}
