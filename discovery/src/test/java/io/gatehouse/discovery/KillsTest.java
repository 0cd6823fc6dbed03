// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.discovery.UiSafety.Kill;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may kill, how, and what is left of it in the log. The application runs as root. */
class KillsTest {
    private static final String LINK = "/sparkui/app-1/jobs/job/kill/?id=3";
    private static final String STAGE = "/sparkui/app-1/stages/stage/kill/?id=7&terminate=true";

    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Kills.class);
    private UiSafety safety = UiSafety.OPEN;
    private String basePath = "";

    @BeforeEach
    void listen() {
        audit.start();
        logger.addAppender(audit);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(audit);
    }

    // ---- The page -------------------------------------------------------------------------------------------------

    @Test
    void aLinkThatKillsLeadsToAPageThatPostsToTheSameUrl() throws HttpViolation {
        LocalResponse response = page(LINK);
        assertThat(response.status()).isEqualTo(200);
        assertThat(text(response))
                .contains("<form method=\"post\"><button", "Kill job 3?", "live &lt;b&gt; (app-1)")
                .doesNotContain("action=", "<script", "onclick", "style");
        assertThat(text(page(STAGE))).contains("Kill stage 7?", "href=\"/sparkui/app-1/stages/\"");
        assertThat(field(response, "Content-Security-Policy"))
                .isEqualTo("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(field(response, "X-Frame-Options")).isEqualTo("DENY");
        assertThat(field(response, "Cache-Control")).isEqualTo("no-store");
        assertThat(audit.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sparkui/app-1/jobs/job/kill/",
                "/sparkui/app-1/jobs/job/kill/?id=",
                "/sparkui/app-1/jobs/job/kill/?id=x",
                "/sparkui/app-1/jobs/job/kill/?id=1&id=2",
                "/sparkui/app-1/jobs/job/kill/?id=1&doAs=root",
                "/sparkui/app-1/jobs/job/kill/?id=1%3Cb%3E",
                "/sparkui/app-1/jobs/job/kill?id=1",
                "/sparkui/app-1/jobs/job/kill//?id=1",
                "/sparkui/app-1/jobs/job/%6bill/?id=1",
                "/sparkui/app-1/stages/stage/kill;a=b/?id=1",
                "/sparkui/app-1/jobs/stage/kill/?id=1",
                "/sparkui/app-1//kill",
                "/sparkui/nobodys/jobs/job/kill/?id=1",
                "/history/old/jobs/job/kill/?id=1",
                "/api/v1/applications/app-1/jobs/job/kill/?id=1",
                "/kill/?id=1"
            })
    void whatNoPageOfSparkLinksToIsRefused(String target) throws HttpViolation {
        assertThat(outcome("GET", target, "")).isEqualTo("METHOD_NOT_ALLOWED: POST");
        assertThat(outcome("HEAD", target, "")).isEqualTo("METHOD_NOT_ALLOWED: POST");
    }

    @Test
    void onlyAGetGetsThePage() throws HttpViolation {
        assertThat(outcome("HEAD", LINK, "")).isEqualTo("METHOD_NOT_ALLOWED: GET, POST");
        assertThat(outcome("OPTIONS", LINK, "")).isEqualTo("METHOD_NOT_ALLOWED: GET, POST");
    }

    /** The Referer, and where the link back leads. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://gate.example/sparkui/app-1/jobs/?a=1&b=2     | /sparkui/app-1/jobs/?a=1&amp;b=2
            https://GATE.example/sparkui/app-1/SQL/             | /sparkui/app-1/SQL/
            http://gate.example/sparkui/app-1/x?"><script>      | /sparkui/app-1/x?&quot;&gt;&lt;script&gt;
            http://gate.example/sparkui/app-1/jobs/job/kill/?id=3 | /sparkui/app-1/jobs/
            http://gate.example/sparkui/app-1/%zz                | /sparkui/app-1/jobs/
            http://gate.example/sparkui/app-2/jobs/              | /sparkui/app-1/jobs/
            http://gate.example//evil.example/sparkui/app-1/    | /sparkui/app-1/jobs/
            http://evil.example/sparkui/app-1/SQL/               | /sparkui/app-1/jobs/
            javascript://evil.example/sparkui/app-1/             | /sparkui/app-1/jobs/
            gate.example/sparkui/app-1/                          | /sparkui/app-1/jobs/
            http://gate.example                                  | /sparkui/app-1/jobs/
            """)
    void theWayBackNeverLeavesTheApplication(String referer, String back) throws HttpViolation {
        LocalResponse response = ((RouteDecision.Answer) decide("GET", LINK, "", "Referer: " + referer)).response();
        assertThat(text(response)).contains("<a href=\"" + back + "\">");
    }

    @Test
    void belowABasePathTooWhetherItIsTakenOffOrNot() throws HttpViolation {
        basePath = "/gatehouse";
        assertThat(text(page("/gatehouse" + LINK))).contains("href=\"/gatehouse/sparkui/app-1/jobs/\"");
        RouteDecision stripped = router().route(Heads.get(LINK), Clients.below("/gatehouse"), Principal.ANONYMOUS);
        assertThat(text(((RouteDecision.Answer) stripped).response()))
                .contains("href=\"/gatehouse/sparkui/app-1/jobs/\"");
        safety = new UiSafety(Kill.NOBODY, Set.of(), false);
        assertThat(outcome("POST", "/gatehouse" + LINK, "root")).isEqualTo("HTTP_REQUEST_DENIED");
    }

    /** The operator's choice of a base path says nothing of what is asked for below it. */
    @Test
    void aBasePathThatLooksLikeAKillIsNone() throws HttpViolation {
        basePath = "/kill";
        assertThat(outcome("GET", "/kill/sparkui/app-1/jobs/", "")).isEqualTo("forward");
        assertThat(outcome("GET", "/kill/apps", "")).isEqualTo("?");
        assertThat(audit.list).isEmpty();
        safety = new UiSafety(Kill.NOBODY, Set.of(), false);
        assertThat(outcome("POST", "/kill/sparkui/app-1/jobs/", "")).isEqualTo("forward");
        assertThat(outcome("POST", "/kill" + LINK, "")).isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(outcome("POST", LINK, "")).as("outside").isEqualTo("DESTINATION_NOT_FOUND");
    }

    // ---- Who may --------------------------------------------------------------------------------------------------

    /** What is configured, who asks for what, and what comes of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            EVERYBODY |         |          | forward
            EVERYBODY |         | mallory  | forward
            OWNERS    | root    |          | forward
            OWNERS    | root    | root     | forward
            OWNERS    | Root    |          | HTTP_REQUEST_DENIED
            OWNERS    | mallory |          | HTTP_REQUEST_DENIED
            OWNERS    | alice   | alice    | forward
            OWNERS    |         | alice    | HTTP_REQUEST_DENIED
            NOBODY    | root    | root     | HTTP_REQUEST_DENIED
            """)
    void aPostPassesWhereTheViewerMay(Kill kill, @Nullable String viewer, @Nullable String admin, String expected)
            throws HttpViolation {
        safety = new UiSafety(kill, admin == null ? Set.of() : Set.of(admin), false);
        String who = viewer == null ? "" : viewer;
        boolean may = expected.equals("forward");
        for (String path : List.of(LINK, "/sparkui/app-1/jobs/job/%6bill/", "/api/v1/applications/app-1/kill/")) {
            assertThat(outcome("POST", path, who)).as(path).isEqualTo(expected);
        }
        assertThat(outcome("GET", LINK, who)).isEqualTo(may ? "200" : expected);
    }

    @Test
    void ofAnApplicationWhoseUserIsNotKnownOnlyAdminsKill() throws HttpViolation {
        safety = new UiSafety(Kill.OWNERS, Set.of("alice"), false);
        assertThat(outcome("POST", "/sparkui/app-2/jobs/job/kill/", "root")).isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(outcome("POST", "/sparkui/app-2/jobs/job/kill/", "alice")).isEqualTo("forward");
        assertThat(outcome("POST", "/history/old/jobs/job/kill/", "root")).isEqualTo("HTTP_REQUEST_DENIED");
    }

    @Test
    void eachKillLeavesALine() throws HttpViolation {
        outcome("POST", LINK, "root");
        assertThat(keyValues())
                .contains(
                        "audit=kill",
                        "outcome=passed on",
                        "viewer=root",
                        "application=app-1",
                        "client=127.0.0.1",
                        "path=/sparkui/app-1/jobs/job/kill/",
                        "query=id=3");
        audit.list.clear();

        safety = new UiSafety(Kill.OWNERS, Set.of(), false);
        outcome("POST", LINK + "&csrfToken=secret", "mallory");
        assertThat(keyValues()).contains("outcome=refused", "viewer=mallory", "query=");
        assertThat(keyValues().toString()).doesNotContain("secret");
    }

    // ---- In whose name --------------------------------------------------------------------------------------------

    @Test
    void whereUpstreamsActInTheViewersNameNobodyGoesWithoutOne() throws HttpViolation {
        safety = new UiSafety(Kill.EVERYBODY, Set.of(), true);
        for (String target :
                List.of("/sparkui/app-1/jobs/", "/history/old/jobs/", "/static/x.js", "/api/v1/applications")) {
            assertThat(outcome("GET", target, "")).as(target).isEqualTo("HTTP_REQUEST_DENIED");
            assertThat(outcome("GET", target, "alice")).as(target).isEqualTo("forward");
        }
        for (String target :
                List.of("/", "/apps", "/apps/events", "/app/app-1/", "/app/nope/", "/history/ended/jobs/")) {
            // Nor is the History Server asked: who asks it here fails.
            assertThat(outcome("GET", target, "")).as(target).isEqualTo("HTTP_REQUEST_DENIED");
        }
        assertThat(outcome("GET", "/healthz", "")).isEqualTo("200");
    }

    private List<String> keyValues() {
        assertThat(audit.list).hasSize(1);
        return audit.list.getFirst().getKeyValuePairs().stream()
                .map(pair -> pair.key + "=" + pair.value)
                .toList();
    }

    private LocalResponse page(String target) throws HttpViolation {
        return ((RouteDecision.Answer) decide("GET", target, "")).response();
    }

    private String outcome(String method, String target, String viewer) throws HttpViolation {
        return switch (decide(method, target, viewer)) {
            case RouteDecision.Forward _ -> "forward";
            case RouteDecision.Answer answer -> String.valueOf(answer.response().status());
            case RouteDecision.Refuse refusal ->
                refusal.error().name() + (refusal.allow().isEmpty() ? "" : ": " + refusal.allow());
            default -> "?";
        };
    }

    private RouteDecision decide(String method, String target, String viewer, String... fields) throws HttpViolation {
        return router().route(Heads.request(method, target, fields), Clients.DIRECT, new Principal(viewer));
    }

    private UiRouter router() {
        UiRouting routing = new UiRouting(basePath, "/sparkui", new HistoryServer(new Upstream("shs", 18080), ""));
        AppDirectory directory = new AppDirectory(List.of(
                new Application(
                        "app-1", "test", new Upstream("driver-1", 4040), SparkJson.listing("app-1", "live <b>", null)),
                Decisions.app("app-2", "driver-2", null)));
        return RouterUnderTest.of(() -> routing, () -> directory)
                .safety(() -> safety)
                .build();
    }

    private static String field(LocalResponse response, String name) {
        return response.fields().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static String text(LocalResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
