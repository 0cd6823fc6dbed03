// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.Decisions.decide;
import static io.gatehouse.discovery.Decisions.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which request goes where. What the right columns mean stands at {@link Decisions#line}.
 */
class UiRouterTest {
    private static final HistoryServer SHS = new HistoryServer(new Upstream("shs", 18080), "");
    /** One per state: known by its driver, by an address only, in its second attempt, and one whose id begins like another's. */
    private static final AppDirectory RUNNING = new AppDirectory(List.of(
            app("app-1", "driver-1", SparkJson.listing("app-1", "one", null)),
            app("app-10", "driver-10", null),
            app("app-2", "driver-2", SparkJson.listing("app-2", "two", "2"))));

    private final AtomicInteger asked = new AtomicInteger();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # a running application's own pages, below its prefix
            /sparkui/app-1/                       | ui-live driver-1 / /sparkui/app-1
            /sparkui/app-1/jobs/                  | ui-live driver-1 /jobs/ /sparkui/app-1
            /sparkui/app-1/jobs/job/?id=0&a=b/c   | ui-live driver-1 /jobs/job/?id=0&a=b/c /sparkui/app-1
            /sparkui/app-1/?x=1                   | ui-live driver-1 /?x=1 /sparkui/app-1
            /sparkui/app-1//jobs//                | ui-live driver-1 //jobs// /sparkui/app-1
            /sparkui/app-1/history/               | ui-live driver-1 /history/ /sparkui/app-1
            /sparkui/app-1/sparkui/app-2/         | ui-live driver-1 /sparkui/app-2/ /sparkui/app-1
            /sparkui/app-1/api/v1/applications    | ui-live driver-1 /api/v1/applications /sparkui/app-1
            /sparkui/app-1/SQL/a%3Fb%23c%2525/x   | ui-live driver-1 /SQL/a%3Fb%23c%2525/x /sparkui/app-1
            /sparkui/app-10/jobs/                 | ui-live driver-10 /jobs/ /sparkui/app-10
            /sparkui/app-2/1/jobs/                | ui-live driver-2 /1/jobs/ /sparkui/app-2
            # its missing slash
            /sparkui/app-1                        | 302 /sparkui/app-1/
            /sparkui/app-1?x=1                    | 302 /sparkui/app-1/?x=1
            # finished or unknown: the History Server, path and query kept
            /sparkui/old-1/                       | 302 /history/old-1/
            /sparkui/old-1                        | 302 /history/old-1/
            /sparkui/app-/jobs/                   | 302 /history/app-/jobs/
            /sparkui/app-100/jobs/                | 302 /history/app-100/jobs/
            /sparkui/old-1/jobs/job/?id=3&x=%25   | 302 /history/old-1/jobs/job/?id=3&x=%25
            /sparkui/old-1/sparkui/x%3F           | 302 /history/old-1/sparkui/x%3F
            # what is no id is not looked for
            /sparkui/                             | DESTINATION_NOT_FOUND
            /sparkui//                            | DESTINATION_NOT_FOUND
            /sparkui//evil.example/               | DESTINATION_NOT_FOUND
            /sparkui/x');alert('1/                | DESTINATION_NOT_FOUND
            /sparkui/"><script>/jobs/             | DESTINATION_NOT_FOUND
            /sparkui/-x/jobs/                     | DESTINATION_NOT_FOUND
            /sparkui/a%20b/jobs/                  | DESTINATION_NOT_FOUND
            /sparkui/app%2D1/jobs/                | DESTINATION_NOT_FOUND
            # beside the prefix
            /sparkui                              | DESTINATION_NOT_FOUND
            /sparkuiX                             | DESTINATION_NOT_FOUND
            /sparkuiX/app-1/                      | DESTINATION_NOT_FOUND
            /Sparkui/app-1/                       | DESTINATION_NOT_FOUND
            //sparkui/app-1/                      | DESTINATION_NOT_FOUND
            """)
    void aLiveUiIsUnderItsPrefix(String target, String decision) throws HttpViolation {
        assertThat(route("GET", target)).isEqualTo(decision);
    }

    /** As cluster managers write links, and applications that take themselves to be behind one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /proxy/app-1/                    | 302 /sparkui/app-1/
            GET  | /proxy/app-1                     | 302 /sparkui/app-1/
            GET  | /proxy/app-1/stages/stage/?id=3  | 302 /sparkui/app-1/stages/stage/?id=3
            POST | /proxy/app-1/SQL/%3F             | 307 /sparkui/app-1/SQL/%3F
            GET  | /proxy/old-1/jobs/               | 302 /sparkui/old-1/jobs/
            GET  | /proxy/app-1//evil.example/      | 302 /sparkui/app-1//evil.example/
            GET  | /proxy/app-1/jobs/job/kill/?id=1 | METHOD_NOT_ALLOWED
            GET  | /proxy//evil.example/            | DESTINATION_NOT_FOUND
            GET  | /proxy/x');alert('1/             | DESTINATION_NOT_FOUND
            GET  | /proxy/                          | DESTINATION_NOT_FOUND
            GET  | /proxy                           | DESTINATION_NOT_FOUND
            """)
    void proxyLeadsToWhereApplicationsAre(String method, String target, String decision) throws HttpViolation {
        assertThat(route(method, target)).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /history/old-1/                       | ui-history shs /history/old-1/
            /history/old-1                        | ui-history shs /history/old-1
            /history/old-1/2/jobs/job/?id=1       | ui-history shs /history/old-1/2/jobs/job/?id=1
            /history/                             | ui-history shs /history/
            /history                              | 302 /history/
            /history/x');alert('1/                | ui-history shs /history/x');alert('1/
            /history/app-1                        | 302 /sparkui/app-1/jobs/
            /history/app-1/                       | 302 /sparkui/app-1/jobs/
            /history/app-1/?a=b                   | 302 /sparkui/app-1/jobs/?a=b
            /history/app-1/stages/stage/?id=4     | 302 /sparkui/app-1/stages/stage/?id=4
            /history/app-1/jobs                   | 302 /sparkui/app-1/jobs
            /history/app-1/SQL/%3F                | 302 /sparkui/app-1/SQL/%3F
            /history/app-10/jobs/                 | 302 /sparkui/app-10/jobs/
            # attempts: the newest runs, older ones are history
            /history/app-2/2/jobs/                | 302 /sparkui/app-2/jobs/
            /history/app-2/2                      | 302 /sparkui/app-2/jobs/
            /history/app-2/2/                     | 302 /sparkui/app-2/jobs/
            /history/app-2/1/jobs/                | ui-history shs /history/app-2/1/jobs/
            /history/app-2/22/jobs/               | ui-history shs /history/app-2/22/jobs/
            /history/app-2/2x/                    | 302 /sparkui/app-2/2x/
            /history/app-1/1/jobs/                | ui-history shs /history/app-1/1/jobs/
            /history/app-10/1/jobs/               | ui-history shs /history/app-10/1/jobs/
            """)
    void aHistoryUrlOfARunningApplicationLeadsToItsLiveUi(String target, String decision) throws HttpViolation {
        assertThat(route("GET", target)).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/v1/applications                           | ui-list shs /api/v1/applications filtered
            /api/v1/applications/                          | ui-list shs /api/v1/applications/ filtered
            /api/v1/applications?limit=1                   | ui-list shs /api/v1/applications?limit=1 filtered
            /api/v1/applications?status=completed          | ui-list shs /api/v1/applications?status=completed
            /api/v1/applications/app-1                     | ui-api driver-1 /api/v1/applications/app-1
            /api/v1/applications/app-1/jobs?status=failed  | ui-api driver-1 /api/v1/applications/app-1/jobs?status=failed
            /api/v1/applications/app-2/2/stages            | ui-api driver-2 /api/v1/applications/app-2/2/stages
            /api/v1/applications/app-2/1/stages            | ui-api shs /api/v1/applications/app-2/1/stages
            /api/v1/applications/app-1/logs                | ui-api shs /api/v1/applications/app-1/logs
            /api/v1/applications/app-2/2/logs              | ui-api shs /api/v1/applications/app-2/2/logs
            /api/v1/applications/app-2/2/logs/             | ui-api shs /api/v1/applications/app-2/2/logs/
            /api/v1/applications/app-1/catalogs            | ui-api driver-1 /api/v1/applications/app-1/catalogs
            /api/v1/applications/old-1/jobs                | ui-api shs /api/v1/applications/old-1/jobs
            /api/v1/applicationsX                          | ui-api shs /api/v1/applicationsX
            /api/v1/version                                | ui-api shs /api/v1/version
            /logPage/?self&logType=out                     | ui-api shs /logPage/?self&logType=out filtered
            /static/webui.css                              | ui-static shs /static/webui.css
            /favicon.ico                                   | ui-static shs /favicon.ico
            /                                              | ui-home shs / filtered
            /?showIncomplete=true                          | ui-home shs /?showIncomplete=true filtered
            /home/                                         | ui-home shs /home/ filtered
            /jobs/                                         | ui-home shs /jobs/ filtered
            /home                                          | 302 /home/
            /jobs?a=b                                      | 302 /jobs/?a=b
            /apps                                          | deferred
            /apps?q=x                                      | deferred
            /apps/events                                   | ui-apps-events events
            /apps/                                         | DESTINATION_NOT_FOUND
            /nosuch                                        | DESTINATION_NOT_FOUND
            /static                                        | DESTINATION_NOT_FOUND
            /api/v2/x                                      | DESTINATION_NOT_FOUND
            /metrics                                       | DESTINATION_NOT_FOUND
            """)
    void theRestIsTheHistoryServersOrShared(String target, String decision) throws HttpViolation {
        assertThat(route("GET", target)).isEqualTo(decision);
        assertThat(route("HEAD", target)).isEqualTo(decision);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/jobs",
                "/jobs?status=running&status=failed",
                "/jobs/0",
                "/stages?details=true",
                "/stages/0",
                "/stages/0/0",
                "/stages/0/0/taskSummary?quantiles=0.1",
                "/stages/0/0/taskList?length=2147483647",
                "/stages/0/0/taskTable",
                "/executors",
                "/allexecutors",
                "/executors/driver/threads",
                "/allmiscellaneousprocess",
                "/storage/rdd",
                "/storage/rdd/0",
                "/streaming/batches/1/operations/2",
                "/environment",
                "/sql?details=false",
                "/sql/0",
                "/sql/sqlTable"
            })
    void everyResourceOfARunningApplicationIsItsDrivers(String resource) throws HttpViolation {
        String target = "/api/v1/applications/app-1" + resource;
        assertThat(route("GET", target)).isEqualTo("ui-api driver-1 " + target);
        assertThat(route("HEAD", target)).isEqualTo("ui-api driver-1 " + target);
        String newest = "/api/v1/applications/app-2/2" + resource;
        assertThat(route("GET", newest)).isEqualTo("ui-api driver-2 " + newest);
        String older = "/api/v1/applications/app-2/1" + resource;
        assertThat(route("GET", older)).isEqualTo("ui-api shs " + older);
        String finished = "/api/v1/applications/old-1" + resource;
        assertThat(route("GET", finished)).isEqualTo("ui-api shs " + finished);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?status=RUNNING                                 | filtered
            ?status=running&status=completed                | filtered
            ?status=COMPLETED&status=Running                | filtered
            ?minDate=2026-01-01                             | filtered
            ?minEndDate=2026-01-01&limit=3                  | filtered
            ?status=running&maxEndDate=2999-01-01           | filtered
            # nothing that runs belongs into these
            ?status=completed                               | ''
            ?status=Completed                               | ''
            ?status=                                        | ''
            ?status=running&maxEndDate=2026-01-01           | ''
            ?maxEndDate=2026-01-01                          | ''
            # the History Server says what is wrong
            ?minDate=xx                                     | ''
            ?status=foo                                     | ''
            ?limit=x                                        | ''
            """)
    void whatRunsBelongsIntoTheListByTheRequestsFilters(String query, String filtered) throws HttpViolation {
        String decision = "ui-list shs /api/v1/applications" + query;
        assertThat(route("GET", "/api/v1/applications" + query))
                .isEqualTo(filtered.isEmpty() ? decision : decision + " " + filtered);
    }

    @ParameterizedTest
    @CsvSource({"minDate=xx, 400, Couldn't parse date: xx", "limit=x, 404, Not a value of limit: x"})
    void withoutAHistoryServerAWrongFilterIsRefusedAsSparkDoes(String query, int status, String text)
            throws HttpViolation {
        RouteDecision decision = decide(router("/sparkui", null, RUNNING), Heads.get("/api/v1/applications?" + query));
        LocalResponse answer = ((RouteDecision.Answer) decision).response();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST    | /sparkui/app-1/jobs/job/kill/?id=1  | ui-live driver-1 /jobs/job/kill/?id=1 /sparkui/app-1
            GET     | /sparkui/app-1/jobs/job/kill/?id=1  | ui-kill 200
            GET     | /sparkui/app-1/jobs/job/kill?id=1   | METHOD_NOT_ALLOWED
            POST    | /sparkui/app-1                      | 307 /sparkui/app-1/
            PUT     | /sparkui/old-1/a/                   | 307 /history/old-1/a/
            DELETE  | /history/app-1/x                    | 307 /sparkui/app-1/x
            HEAD    | /sparkui/app-1                      | 302 /sparkui/app-1/
            POST    | /api/v1/applications                | METHOD_NOT_ALLOWED
            POST    | /apps                               | METHOD_NOT_ALLOWED
            OPTIONS | /sparkui/app-1/jobs/                | ui-live driver-1 /jobs/ /sparkui/app-1
            OPTIONS | *                                   | DESTINATION_NOT_FOUND
            BREW    | /history/app-1/                     | 307 /sparkui/app-1/jobs/
            """)
    void otherMethodsKeepTheirMethod(String method, String target, String decision) throws HttpViolation {
        assertThat(route(method, target)).isEqualTo(decision);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sparkui/app-1%2Fjobs/",
                "/sparkui/..",
                "/sparkui/../history/x/",
                "/sparkui/%2e%2e/",
                "/sparkui/app-1/%25zz/%zz",
                "/sparkui/app-1\\x",
                "/sparkui/app-1/%00"
            })
    void aPathThatCouldMeanTwoThingsDoesNotReachTheRouter(String target) {
        assertThatThrownBy(() -> route("GET", target)).isInstanceOf(HttpViolation.class);
    }

    @Test
    void anOddPathHidesNoApplication() throws HttpViolation {
        // Given: the old proxy took an application for finished after one such request
        assertThat(route("GET", "/sparkui/app-1/%25zz")).isEqualTo("ui-live driver-1 /%25zz /sparkui/app-1");

        // Then
        assertThat(route("GET", "/sparkui/app-1/jobs/")).startsWith("ui-live");
    }

    @Test
    void onlyAnUnknownApplicationMakesDiscoveryLook() throws HttpViolation {
        route("GET", "/sparkui/app-1/jobs/");
        route("GET", "/sparkui/x');/");
        route("GET", "/history/old-1/");
        assertThat(asked).hasValue(0);

        route("GET", "/sparkui/old-1/jobs/");
        assertThat(asked).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /sparkui/app-1/jobs/           | ui-live driver-1 /jobs/ /sparkui/app-1
            /sparkui/old-1/jobs/           | DESTINATION_NOT_FOUND
            /history/app-1/jobs/           | 302 /sparkui/app-1/jobs/
            /history/old-1/jobs/           | DESTINATION_NOT_FOUND
            /history/app-2/1/              | DESTINATION_NOT_FOUND
            /static/webui.css              | DESTINATION_NOT_FOUND
            /favicon.ico                   | DESTINATION_NOT_FOUND
            /api/v1/version                | DESTINATION_NOT_FOUND
            /api/v1/applications/app-1     | ui-api driver-1 /api/v1/applications/app-1
            /api/v1/applications/app-1/logs| DESTINATION_NOT_FOUND
            """)
    void withoutAHistoryServerRunningApplicationsAreShown(String target, String decision) throws HttpViolation {
        assertThat(line(router("/sparkui", null, RUNNING), Heads.get(target))).isEqualTo(decision);
    }

    @Test
    void withoutAHistoryServerGatehouseMakesListAndPageItself() throws HttpViolation {
        UiRouter router = router("/sparkui", null, RUNNING);
        assertThat(answer(router, "/api/v1/applications?limit=1"))
                .contains("\"app-1\"")
                .doesNotContain("\"app-2\"");
        assertThat(answer(router, "/")).contains("href=\"/sparkui/app-1/\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /a/b/app-1/jobs/       | ui-live driver-1 /jobs/ /a/b/app-1
            /a/b/app-1             | 302 /a/b/app-1/
            /a/b/old-1/a/b/x       | 302 /history/old-1/a/b/x
            /a/b                   | DESTINATION_NOT_FOUND
            /a/app-1/              | DESTINATION_NOT_FOUND
            /sparkui/app-1/        | DESTINATION_NOT_FOUND
            /history/app-1/jobs/   | 302 /a/b/app-1/jobs/
            """)
    void theBaseMayBeNested(String target, String decision) throws HttpViolation {
        assertThat(line(router("/a/b", SHS, RUNNING), Heads.get(target))).isEqualTo(decision);
    }

    @Test
    void driversBehindProxyKnowTheirPrefixThemselves() throws HttpViolation {
        // Given
        UiRouter bare = router("/proxy", SHS, RUNNING);
        UiRouter other = router("/sparkui", SHS, RUNNING);

        // When
        ForwardTarget target = target(bare, "/proxy/app-1/jobs/");

        // Then
        assertThat(target.extraFields()).isEmpty();
        assertThat(target.publicPrefix()).asString(StandardCharsets.US_ASCII).isEqualTo("/proxy/app-1");
        assertThat(target(other, "/sparkui/app-1/").extraFields())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("X-Forwarded-Context: /sparkui/app-1\r\n");
    }

    @Test
    void theHistoryServersOwnPathIsPutBefore() throws HttpViolation {
        UiRouter router = router("/sparkui", new HistoryServer(new Upstream("shs", 18080), "/base"), RUNNING);
        assertThat(line(router, Heads.get("/history/old-1/jobs/?a=b")))
                .isEqualTo("ui-history shs /base/history/old-1/jobs/?a=b");
    }

    @Test
    void noListIsFilteredWhileNothingRuns() throws HttpViolation {
        UiRouter router = router("/sparkui", SHS, AppDirectory.EMPTY);
        assertThat(line(router, Heads.get("/api/v1/applications"))).isEqualTo("ui-list shs /api/v1/applications");
    }

    @Test
    void aTargetIsMadeOncePerApplication() throws HttpViolation {
        UiRouter router = router("/sparkui", SHS, RUNNING);
        assertThat(target(router, "/sparkui/app-1/jobs/")).isSameAs(target(router, "/sparkui/app-1/stages/"));
        assertThat(target(router, "/history/old-1/")).isSameAs(target(router, "/history/old-2/"));
    }

    @Test
    void theOldProxysProbesTellReadiness() throws HttpViolation {
        for (String path : List.of("/healthz", "/readiness")) {
            RouteDecision ready = decide(router("/sparkui", SHS, RUNNING), Heads.get(path));
            assertThat(((RouteDecision.Answer) ready).response().status()).isEqualTo(200);
            UiRouter starting = RouterUnderTest.of(() -> new UiRouting("/sparkui", SHS), () -> RUNNING)
                    .whenMissed(id -> asked.incrementAndGet())
                    .ready(() -> false)
                    .build();
            RouteDecision notReady = decide(starting, Heads.get(path));
            assertThat(((RouteDecision.Answer) notReady).response().status()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /gatehouse/                              | ui-home shs / /gatehouse filtered
            /gatehouse/?showIncomplete=true          | ui-home shs /?showIncomplete=true /gatehouse filtered
            /gatehouse/home                          | 302 /gatehouse/home/
            /gatehouse/static/webui.css              | ui-static shs /static/webui.css /gatehouse
            /gatehouse/favicon.ico                   | ui-static shs /favicon.ico /gatehouse
            /gatehouse/sparkui/app-1/jobs/?id=1      | ui-live driver-1 /jobs/?id=1 /gatehouse/sparkui/app-1
            /gatehouse/sparkui/app-1/                | ui-live driver-1 / /gatehouse/sparkui/app-1
            /gatehouse/sparkui/app-1                 | 302 /gatehouse/sparkui/app-1/
            /gatehouse/sparkui/old-1/jobs/?a=b       | 302 /gatehouse/history/old-1/jobs/?a=b
            /gatehouse/sparkui/app-1/gatehouse/x     | ui-live driver-1 /gatehouse/x /gatehouse/sparkui/app-1
            /gatehouse/history/app-1/stages/?id=1    | 302 /gatehouse/sparkui/app-1/stages/?id=1
            /gatehouse/history/app-1                 | 302 /gatehouse/sparkui/app-1/jobs/
            /gatehouse/history/old-1/jobs/           | ui-history shs /history/old-1/jobs/ /gatehouse
            /gatehouse/api/v1/applications           | ui-list shs /api/v1/applications /gatehouse filtered
            /gatehouse/api/v1/applications/app-1     | ui-api driver-1 /api/v1/applications/app-1
            /gatehouse/api/v1/applications/old-1     | ui-api shs /api/v1/applications/old-1 /gatehouse
            /gatehouse/healthz                       | ui-health 200
            /gatehouse/nosuch                        | DESTINATION_NOT_FOUND
            /gatehouse/gatehouse/                    | DESTINATION_NOT_FOUND
            # outside
            /                                        | 302 /gatehouse/
            /?a=b                                    | 302 /gatehouse/?a=b
            /gatehouse                               | 302 /gatehouse/
            /healthz                                 | ui-health 200
            /readiness                               | ui-health 200
            /sparkui/app-1/                          | DESTINATION_NOT_FOUND
            /history/old-1/                          | DESTINATION_NOT_FOUND
            /static/webui.css                        | DESTINATION_NOT_FOUND
            /api/v1/applications                     | DESTINATION_NOT_FOUND
            /gatehousex/                             | DESTINATION_NOT_FOUND
            /Gatehouse/                              | DESTINATION_NOT_FOUND
            //gatehouse/                             | DESTINATION_NOT_FOUND
            """)
    void everythingLiesBelowTheBasePath(String target, String decision) throws HttpViolation {
        assertThat(line(mounted(), Heads.get(target))).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /                                | ui-home shs / /gatehouse filtered
            /home                            | 302 /gatehouse/home/
            /static/webui.css                | ui-static shs /static/webui.css /gatehouse
            /sparkui/app-1/jobs/?id=1        | ui-live driver-1 /jobs/?id=1 /gatehouse/sparkui/app-1
            /sparkui/app-1                   | 302 /gatehouse/sparkui/app-1/
            /sparkui/old-1/jobs/             | 302 /gatehouse/history/old-1/jobs/
            /history/app-1/                  | 302 /gatehouse/sparkui/app-1/jobs/
            /api/v1/applications/app-1       | ui-api driver-1 /api/v1/applications/app-1
            /nosuch                          | DESTINATION_NOT_FOUND
            # a proxy that names the prefix and leaves it in the path
            /gatehouse                       | 302 /gatehouse/
            /gatehouse/sparkui/app-1/jobs/   | ui-live driver-1 /jobs/ /gatehouse/sparkui/app-1
            """)
    void aTrustedProxyMayTakeTheBasePathOff(String target, String decision) throws HttpViolation {
        assertThat(line(mounted(), Heads.get(target), Clients.below("/gatehouse")))
                .isEqualTo(decision);
    }

    @Test
    void aPrefixThatIsNotTheBasePathOrNotATrustedProxysIsNone() throws HttpViolation {
        assertThat(line(mounted(), Heads.get("/static/webui.css"), Clients.below("/other")))
                .isEqualTo("DESTINATION_NOT_FOUND");
        assertThat(line(router("/sparkui", SHS, RUNNING), Heads.get("/static/webui.css"), Clients.below("/gatehouse")))
                .isEqualTo("ui-static shs /static/webui.css");

        // A redirect would come back as the same request, without end.
        RouteDecision refusal = decide(mounted(), Heads.get("/", "X-Forwarded-Prefix: /gatehouse"));
        assertThat(refusal)
                .isInstanceOfSatisfying(
                        RouteDecision.Refuse.class,
                        refused -> assertThat(refused.detail())
                                .contains("ui.trustedProxies", "X-Forwarded-Prefix: /gatehouse"));
    }

    @Test
    void whoeverIsOutsideIsToldTheWayIn() throws HttpViolation {
        assertThat(decide(mounted(), Heads.get("/sparkui/app-1/")))
                .isInstanceOfSatisfying(
                        RouteDecision.Refuse.class,
                        refused -> assertThat(refused.detail()).contains("/gatehouse/"));
    }

    @Test
    void bothKindsOfServerAreToldWhereTheyAppear() throws HttpViolation {
        assertThat(target(mounted(), "/gatehouse/sparkui/app-1/").extraFields())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("X-Forwarded-Context: /gatehouse/sparkui/app-1\r\n");
        assertThat(target(mounted(), "/gatehouse/history/old-1/").extraFields())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("X-Forwarded-Context: /gatehouse\r\n");
        assertThat(target(router("/sparkui", SHS, RUNNING), "/history/old-1/").extraFields())
                .isEmpty();
    }

    @Test
    void theListThatGatehouseMakesItselfIsBelowTheBasePathToo() throws HttpViolation {
        UiRouting routing = new UiRouting("/gatehouse", "/sparkui", null);
        UiRouter router = RouterUnderTest.of(() -> routing, () -> RUNNING)
                .whenMissed(id -> asked.incrementAndGet())
                .build();
        assertThat(answer(router, "/gatehouse/")).contains("href=\"/gatehouse/sparkui/app-1/\"");
        assertThat(answer(router, "/gatehouse/api/v1/applications")).contains("\"app-1\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "gatehouse",
                "/gatehouse/",
                "/a//b",
                "/..",
                "/a b",
                "/a/history",
                "/proxy/a",
                "/api",
                "/static/x",
                "/healthz",
                "/app/x",
                "/sparkui",
                "/sparkui/x"
            })
    void aBasePathThatCouldBeAnotherPathIsRefused(String base) {
        assertThatThrownBy(() -> new UiRouting(base, "/sparkui", SHS)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void driversThatKnowTheirPrefixThemselvesKnowNoBasePath() {
        assertThatThrownBy(() -> new UiRouting("/gatehouse", "/proxy", SHS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new UiRouting("/spark", "/sparkui", SHS).basePath()).isEqualTo("/spark");
        assertThat(new UiRouting("/sparkui-gate", "/sparkui", SHS).basePath()).isEqualTo("/sparkui-gate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "sparkui",
                "/sparkui/",
                "/a//b",
                "/a b",
                "/..",
                "/a/./b",
                "/history",
                "/static",
                "/api/v1",
                "/app",
                "/apps"
            })
    void aBaseThatWouldHideOtherRoutesIsRefused(String base) {
        assertThatThrownBy(() -> new UiRouting(base, SHS)).isInstanceOf(IllegalArgumentException.class);
    }

    private UiRouter mounted() {
        UiRouting routing = new UiRouting("/gatehouse", "/sparkui", SHS);
        return RouterUnderTest.of(() -> routing, () -> RUNNING)
                .whenMissed(id -> asked.incrementAndGet())
                .build();
    }

    private String route(String method, String target) throws HttpViolation {
        return line(router("/sparkui", SHS, RUNNING), Heads.request(method, target));
    }

    private UiRouter router(String base, HistoryServer history, AppDirectory directory) {
        UiRouting routing = new UiRouting(base, history);
        return RouterUnderTest.of(() -> routing, () -> directory)
                .whenMissed(id -> asked.incrementAndGet())
                .build();
    }

    private static ForwardTarget target(UiRouter router, String target) throws HttpViolation {
        return ((RouteDecision.Forward) decide(router, Heads.get(target))).target();
    }

    private static String answer(UiRouter router, String target) throws HttpViolation {
        LocalResponse response = ((RouteDecision.Answer) decide(router, Heads.get(target))).response();
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
