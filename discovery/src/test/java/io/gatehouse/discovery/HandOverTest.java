// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.HandOvers.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the links to an application lead, by what discovery and the History Server know of it. */
class HandOverTest {
    private static final HistoryServer SHS = new HistoryServer(new Upstream("shs", 18080), "");
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
    private static final AppDirectory DIRECTORY = new AppDirectory(
            List.of(
                    app("app-1", "driver-1", SparkJson.listing("app-1", "one", null)),
                    app("app-2", "driver-2", SparkJson.listing("app-2", "two", "2"))),
            Lives.of(Map.of(
                    "new-1",
                    new ApplicationLife.Pending("no node has room <for> it"),
                    "start-1",
                    new ApplicationLife.Starting("Its UI does not answer yet."),
                    "end-1",
                    ended(Duration.ofSeconds(5)),
                    "end-20s",
                    ended(Duration.ofSeconds(20)),
                    "end-3min",
                    ended(Duration.ofMinutes(3)),
                    "end-9min",
                    ended(Duration.ofMinutes(9)),
                    "bad-1",
                    new ApplicationLife.Failed(NOW, "exit code 137, out of memory"),
                    "bad-9min",
                    new ApplicationLife.Failed(NOW.minus(Duration.ofMinutes(9)), "exit code 1"),
                    "gone-1",
                    new ApplicationLife.Gone(NOW, "its pod was evicted"))));

    private final AtomicInteger asked = new AtomicInteger();

    private static ApplicationLife ended(Duration ago) {
        return new ApplicationLife.Ended(NOW.minus(ago));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /app/app-1                            | 302 /sparkui/app-1/jobs/
            /app/app-1/                           | 302 /sparkui/app-1/jobs/
            /app/app-1/?a=b                       | 302 /sparkui/app-1/jobs/?a=b
            /app/app-1/stages/stage/?id=3&x=%25   | 302 /sparkui/app-1/stages/stage/?id=3&x=%25
            /app/app-1/SQL/%3F                    | 302 /sparkui/app-1/SQL/%3F
            # attempts: the newest runs, older ones are history
            /app/app-2/2/jobs/                    | 302 /sparkui/app-2/jobs/
            /app/app-2/1/jobs/                    | 302 /history/app-2/1/jobs/
            # what is no id
            /app/                                 | DESTINATION_NOT_FOUND
            /app/x');alert('1/                    | DESTINATION_NOT_FOUND
            /app//evil.example/                   | DESTINATION_NOT_FOUND
            /app                                  | DESTINATION_NOT_FOUND
            """)
    void thePermanentLinkOfARunningApplicationLeadsToItsLiveUi(String target, String decision) throws HttpViolation {
        assertThat(line(HandOvers.askingNobody(), target)).isEqualTo(decision);
        assertThat(asked).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            /app/old-1                            | - | 302 /history/old-1/
            /app/old-1/stages/stage/?id=3         | - | 302 /history/old-1/stages/stage/?id=3
            /app/old-1/stages/stage/?id=3         | 2 | 302 /history/old-1/2/stages/stage/?id=3
            /app/old-1/1/stages/                  | 2 | 302 /history/old-1/1/stages/
            /app/old-1                            | 2 | 302 /history/old-1/2/
            /app/end-1/jobs/?a=b                  | - | 302 /history/end-1/jobs/?a=b
            /sparkui/end-1/jobs/?a=b              | - | 302 /history/end-1/jobs/?a=b
            /sparkui/end-1/jobs/?a=b              | 1 | 302 /history/end-1/1/jobs/?a=b
            /sparkui/bad-1/jobs/                  | - | 302 /history/bad-1/jobs/
            /history/end-1/jobs/                  | - | ui-history shs /history/end-1/jobs/
            # what a page of the live UI still wants is there by the same name, whatever becomes of the log
            /sparkui/end-1/static/webui.js?v=1    | 2 | 302 /static/webui.js?v=1
            """)
    void thereIsOneClickFromALinkToTheHistoryThatIsThere(String target, String attempt, String decision)
            throws HttpViolation {
        assertThat(line(HandOvers.knowing(new HistoryState.Finished(attempt)), target))
                .isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # the log is being written to its end
            Unfinished  | /app/end-1/jobs/         | ui-waiting 200
            Unfinished  | /sparkui/end-1/jobs/     | ui-waiting 200
            Unfinished  | /app/end-20s/jobs/       | ui-waiting 200
            Unfinished  | /app/bad-1/jobs/         | ui-waiting 200
            # a driver that was killed never says that it has ended
            Unfinished  | /app/end-3min/jobs/      | 302 /history/end-3min/jobs/
            Unfinished  | /sparkui/end-3min/jobs/  | 302 /history/end-3min/jobs/
            Unfinished  | /app/old-1/jobs/         | 302 /history/old-1/jobs/
            # whoever wants the history as it is gets it
            Unfinished  | /history/end-1/jobs/     | ui-history shs /history/end-1/jobs/
            # no log yet, or none at all
            Unknown     | /app/end-1/jobs/         | ui-waiting 200
            Unknown     | /sparkui/end-3min/jobs/  | ui-waiting 200
            Unknown     | /history/end-1/jobs/     | ui-waiting 200
            Unknown     | /history/end-9min/jobs/  | ui-history shs /history/end-9min/jobs/
            Unknown     | /app/gone-1/             | ui-waiting 200
            Unknown     | /app/end-9min/           | DESTINATION_NOT_FOUND
            Unknown     | /sparkui/end-9min/       | DESTINATION_NOT_FOUND
            Unknown     | /app/old-1/              | DESTINATION_NOT_FOUND
            # nobody can say
            Unreachable | /app/end-1/              | ui-waiting 200
            Unreachable | /history/end-1/          | ui-waiting 200
            Unreachable | /app/end-9min/           | DESTINATION_UNAVAILABLE
            Unreachable | /app/old-1/              | DESTINATION_UNAVAILABLE
            # a login stands before the History Server: the viewer finds out
            Hidden      | /app/end-1/              | ui-waiting 200
            Hidden      | /app/end-20s/            | 302 /history/end-20s/
            Hidden      | /app/old-1/x             | 302 /history/old-1/x
            Hidden      | /history/end-1/          | ui-history shs /history/end-1/
            """)
    void whileTheHistoryIsNotThereAPageOfOursIs(String entry, String target, String decision) throws HttpViolation {
        assertThat(line(HandOvers.knowing(entry(entry)), target)).isEqualTo(decision);
    }

    private static HistoryState entry(String name) {
        return switch (name) {
            case "Unfinished" -> new HistoryState.Unfinished(null);
            case "Unknown" -> HistoryState.Unknown.INSTANCE;
            case "Hidden" -> HistoryState.Hidden.INSTANCE;
            default -> HistoryState.Unreachable.INSTANCE;
        };
    }

    @Test
    void aDriverThatHasNotStartedYetIsWaitedFor() throws HttpViolation {
        assertThat(line(HandOvers.askingNobody(), "/app/new-1/jobs/")).isEqualTo("ui-waiting 200");
        assertThat(line(HandOvers.askingNobody(), "/sparkui/new-1/jobs/")).isEqualTo("ui-waiting 200");
        assertThat(page(HandOvers.askingNobody(), "/app/new-1/"))
                .contains("has not started yet. no node has room &lt;for&gt; it");
        // The History Server knows nothing of it either (defect 24 of the old proxy).
        assertThat(line(HandOvers.askingNobody(), "/history/new-1/jobs/")).isEqualTo("ui-waiting 200");
    }

    @Test
    void aDriverThatStartsIsWaitedFor() throws HttpViolation {
        assertThat(line(HandOvers.askingNobody(), "/app/start-1/stages/?a=b")).isEqualTo("ui-waiting 200");
        assertThat(page(HandOvers.askingNobody(), "/app/start-1/"))
                .contains("The application&#39;s driver is starting. Its UI does not answer yet.");
    }

    @Test
    void theReasonOfAnEndIsTold() throws HttpViolation {
        HandOver nothingYet = HandOvers.knowing(HistoryState.Unknown.INSTANCE);
        assertThat(page(nothingYet, "/app/bad-1/")).contains("failed 0 s ago: exit code 137, out of memory");
        assertThat(page(nothingYet, "/app/gone-1/")).contains("went away 0 s ago: its pod was evicted");
        assertThat(page(nothingYet, "/app/end-3min/")).contains("ended 3 min ago.");
        assertThat(refusal(nothingYet, "/app/bad-9min/").detail())
                .contains("failed 9 min ago: exit code 1", "spark.eventLog.enabled");
    }

    @Test
    void whatIsNotKnownAnywhereIsToldWithWhereItWasLookedFor() throws HttpViolation {
        assertThat(refusal(HandOvers.knowing(HistoryState.Unknown.INSTANCE), "/app/old-1/")
                        .detail())
                .contains("among the 2 running applications", "History Server");
        assertThat(asked).as("looks for it").hasValue(1);
        UiRouter router = router(new UiRouting("/sparkui", null), HandOvers.askingNobody());
        for (String path : List.of("/app/old-1/", "/app/end-1/")) {
            assertThat(Decisions.decide(router, Heads.get(path, BROWSER)))
                    .isInstanceOfSatisfying(
                            RouteDecision.Refuse.class,
                            refusal -> assertThat(refusal.detail()).contains("History Server"));
        }
    }

    @Test
    void theWaitingPageGoesOnByItselfWithAndWithoutScript() throws HttpViolation {
        // Given
        HandOver unfinished = HandOvers.knowing(new HistoryState.Unfinished(null));

        // When
        LocalResponse response = response(unfinished, "/app/end-1/stages/?id=3");
        String page = text(response);

        // Then: it asks for its own address again, so path and query stay
        assertThat(page).contains("<meta http-equiv=\"refresh\" content=\"3\">", "location.reload()");
        assertThat(field(response, "Cache-Control")).isEqualTo("no-store");
        assertThat(page).contains("href=\"/history/end-1/\"");
        String state = field(response, WaitingPage.FIELD);
        assertThat(page).contains("data-state=\"" + state + "\"");
        assertThat(field(
                        response(HandOvers.knowing(HistoryState.Unknown.INSTANCE), "/app/end-1/stages/"),
                        WaitingPage.FIELD))
                .as("something else to read")
                .isNotEqualTo(state);
    }

    @Test
    void aScriptIsAllowedByItsHashAlone() throws Exception {
        LocalResponse response = response(HandOvers.knowing(new HistoryState.Unfinished(null)), "/app/end-1/");
        String policy = field(response, "Content-Security-Policy");
        String page = text(response);
        for (String tag : List.of("script", "style")) {
            String content = page.substring(page.indexOf("<" + tag + ">") + tag.length() + 2, page.indexOf("</" + tag));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            assertThat(policy)
                    .contains(tag + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        }
        assertThat(policy).startsWith("default-src 'none';").doesNotContain("unsafe");
    }

    @Test
    void programsAreToldToComeBackAndScriptsGetNoPage() throws HttpViolation {
        UiRouter router = router(new UiRouting("/sparkui", SHS), HandOvers.knowing(HistoryState.Unknown.INSTANCE));
        for (String accept : List.of("Accept: application/json", "Accept: */*", "X-Nothing: 1")) {
            assertThat(Decisions.line(router, Heads.get("/app/end-1/", accept))).isEqualTo("DESTINATION_UNAVAILABLE");
            assertThat(Decisions.line(router, Heads.get("/sparkui/end-1/x", accept)))
                    .isEqualTo("DESTINATION_UNAVAILABLE");
            assertThat(Decisions.line(router, Heads.get("/history/end-1/x", accept)))
                    .startsWith("ui-history");
        }
        assertThat(Decisions.line(router, Heads.request("POST", "/app/end-1/", BROWSER)))
                .isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(Decisions.line(router, Heads.request("POST", "/app/app-1/", BROWSER)))
                .isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(Decisions.line(router, Heads.request("POST", "/sparkui/end-1/x", BROWSER)))
                .isEqualTo("307 /history/end-1/x");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorType.class,
            names = {"CONNECTION_REFUSED", "CONNECTION_TERMINATED", "CONNECTION_TIMEOUT", "DESTINATION_IP_UNROUTABLE"})
    void aDriverThatIsNotThereAnyMoreIsTakenForEndedBeforeDiscoveryKnows(ErrorType error) throws HttpViolation {
        // When
        LocalResponse page = fallback(error, BROWSER);

        // Then
        assertThat(text(page)).contains("does not answer any more", "http-equiv=\"refresh\"");
        assertThat(asked).as("discovery looks").hasValue(1);
        assertThat(fallback(error, "Accept: application/json"))
                .as("of a script's request")
                .isNull();
    }

    @Test
    void filesOfADriverThatIsNotThereAnyMoreComeFromTheHistoryServer() throws HttpViolation {
        UiRouting below = new UiRouting("/gatehouse", "/sparkui", SHS);
        String script = "Accept: */*";
        LocalResponse redirect =
                fallback(ErrorType.CONNECTION_REFUSED, below, "/gatehouse/sparkui/app-1/static/sql/x.js", script);

        assertThat(redirect.status()).isEqualTo(302);
        assertThat(field(redirect, "Location")).isEqualTo("/gatehouse/static/sql/x.js");
        assertThat(fallback(ErrorType.CONNECTION_REFUSED, below, "/gatehouse/sparkui/app-1/api/v1/x", script))
                .isNull();
        assertThat(fallback(
                        ErrorType.CONNECTION_REFUSED,
                        new UiRouting("/sparkui", null),
                        "/sparkui/app-1/static/sql/x.js",
                        script))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorType.class,
            names = {"HTTP_RESPONSE_TIMEOUT", "HTTP_PROTOCOL_ERROR", "CONNECTION_LIMIT_REACHED", "TLS_PROTOCOL_ERROR"})
    void aDriverThatIsSlowOrOddHasNotEnded(ErrorType error) throws HttpViolation {
        assertThat(fallback(error, BROWSER)).isNull();
        assertThat(asked).hasValue(0);
    }

    @Test
    void belowABasePathEverythingStaysBelowIt() throws HttpViolation {
        UiRouting rules = new UiRouting("/gatehouse", "/sparkui", SHS);
        UiRouter finished = router(rules, HandOvers.knowing(new HistoryState.Finished(null)));
        assertThat(Decisions.line(finished, Heads.get("/gatehouse/app/app-1/stages/", BROWSER)))
                .isEqualTo("302 /gatehouse/sparkui/app-1/stages/");
        assertThat(Decisions.line(finished, Heads.get("/gatehouse/app/old-1/stages/", BROWSER)))
                .isEqualTo("302 /gatehouse/history/old-1/stages/");
        assertThat(Decisions.line(finished, Heads.get("/gatehouse/history/end-1/stages/", BROWSER)))
                .isEqualTo("ui-history shs /history/end-1/stages/ /gatehouse");
        UiRouter unfinished = router(rules, HandOvers.knowing(new HistoryState.Unfinished(null)));
        RouteDecision.Answer answer =
                (RouteDecision.Answer) Decisions.decide(unfinished, Heads.get("/gatehouse/app/end-1/", BROWSER));
        assertThat(text(answer.response())).contains("href=\"/gatehouse/history/end-1/\"");
    }

    @Test
    void anAnswerThatComesLaterIsTheSame() throws HttpViolation {
        // Given
        CompletableFuture<HistoryAnswer> later = new CompletableFuture<>();
        HandOver handOver = new HandOver((_, _) -> later, InstantSource.fixed(NOW));
        UiRouter router = router(new UiRouting("/gatehouse", "/sparkui", SHS), handOver);
        RouteDecision.Deferred link =
                (RouteDecision.Deferred) Decisions.decide(router, Heads.get("/gatehouse/app/old-1/x?y=z", BROWSER));
        RouteDecision.Deferred history =
                (RouteDecision.Deferred) Decisions.decide(router, Heads.get("/gatehouse/history/end-1/x", BROWSER));

        // When
        later.complete(new HistoryAnswer(new HistoryState.Finished("3"), SHS));

        // Then
        assertThat(link.decision().toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        RouteDecision.Answer.class,
                        answer -> assertThat(field(answer.response(), "Location"))
                                .isEqualTo("/gatehouse/history/old-1/3/x?y=z"));
        assertThat(history.decision().toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        RouteDecision.Forward.class,
                        forward -> assertThat(forward.strippedPathBytes()).isEqualTo("/gatehouse".length()));
    }

    private String line(HandOver handOver, String target) throws HttpViolation {
        return Decisions.line(router(new UiRouting("/sparkui", SHS), handOver), Heads.get(target, BROWSER));
    }

    private LocalResponse response(HandOver handOver, String target) throws HttpViolation {
        UiRouter router = router(new UiRouting("/sparkui", SHS), handOver);
        return ((RouteDecision.Answer) Decisions.decide(router, Heads.get(target, BROWSER))).response();
    }

    private String page(HandOver handOver, String target) throws HttpViolation {
        return text(response(handOver, target));
    }

    private RouteDecision.Refuse refusal(HandOver handOver, String target) throws HttpViolation {
        UiRouter router = router(new UiRouting("/sparkui", SHS), handOver);
        return (RouteDecision.Refuse) Decisions.decide(router, Heads.get(target, BROWSER));
    }

    private LocalResponse fallback(ErrorType error, String field) throws HttpViolation {
        return fallback(error, new UiRouting("/sparkui", SHS), "/sparkui/app-1/jobs/?a=b", field);
    }

    private LocalResponse fallback(ErrorType error, UiRouting rules, String target, String field) throws HttpViolation {
        UiRouter router = router(rules, HandOvers.askingNobody());
        RequestHead head = Heads.get(target, field);
        RouteDecision.Forward forward = (RouteDecision.Forward) Decisions.decide(router, head);
        return forward.target().fallback().answer(head, error);
    }

    private UiRouter router(UiRouting rules, HandOver handOver) {
        return router(rules, handOver, UiSafety.OPEN);
    }

    private UiRouter router(UiRouting rules, HandOver handOver, UiSafety safety) {
        return RouterUnderTest.of(() -> rules, () -> DIRECTORY)
                .whenMissed(id -> asked.incrementAndGet())
                .handOver(handOver)
                .safety(() -> safety)
                .build();
    }

    private static String text(LocalResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static String field(LocalResponse response, String name) {
        return response.fields().stream()
                .filter(field -> field.name().equals(name))
                .map(LocalResponse.Field::value)
                .findFirst()
                .orElseThrow();
    }
}
