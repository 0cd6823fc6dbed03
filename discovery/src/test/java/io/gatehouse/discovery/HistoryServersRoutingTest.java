// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HttpViolation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several History Servers a request goes to. What the right columns mean stands at {@link Decisions#line}. */
class HistoryServersRoutingTest {
    private static final HistoryServer EU = server("eu", "");
    private static final HistoryServer US = server("us", "/spark");
    private static final AppDirectory RUNNING =
            new AppDirectory(List.of(app("app-1", "driver-1", SparkJson.listing("app-1", "one", null))));

    /** Where each application is. */
    private final Map<String, HistoryAnswer> known = new HashMap<>(Map.of(
            "old-eu", new HistoryAnswer(new HistoryState.Finished(null), EU),
            "old-us", new HistoryAnswer(new HistoryState.Finished(null), US),
            "hidden", new HistoryAnswer(HistoryState.Hidden.INSTANCE, US),
            "lost", HistoryAnswer.of(HistoryState.Unreachable.INSTANCE)));

    private static HistoryServer server(String name, String path) {
        return new HistoryServer(name, UpstreamGroup.of(new Upstream(name + "-shs", 18080)), path, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # pages of an application come from the server that has it, and their links lead below its root
            /history/old-eu/jobs/?a=b                    | ui-history eu-shs /history/old-eu/jobs/?a=b /history-servers/eu
            /history/old-us/jobs/                        | ui-history us-shs /spark/history/old-us/jobs/ /history-servers/us
            /history/old-us                              | ui-history us-shs /spark/history/old-us /history-servers/us
            /api/v1/applications/old-us/1/logs           | ui-api us-shs /spark/api/v1/applications/old-us/1/logs /history-servers/us
            /history/hidden/                             | ui-history us-shs /spark/history/hidden/ /history-servers/us
            # whoever's root the link was written below
            /history-servers/eu/history/old-us/jobs/     | ui-history us-shs /spark/history/old-us/jobs/ /history-servers/us
            /history-servers/us/history/old-us/?x=1      | ui-history us-shs /spark/history/old-us/?x=1 /history-servers/us
            /history-servers/eu/api/v1/applications/old-us/jobs | ui-api us-shs /spark/api/v1/applications/old-us/jobs /history-servers/us
            # what runs is with its driver all the same
            /history/app-1/stages/                       | 302 /sparkui/app-1/stages/
            /history-servers/us/history/app-1/stages/    | 302 /sparkui/app-1/stages/
            /history-servers/us/api/v1/applications/app-1/jobs | ui-api driver-1 /api/v1/applications/app-1/jobs
            # nobody has it
            /history/nowhere/                            | DESTINATION_NOT_FOUND
            /history/lost/                               | DESTINATION_UNAVAILABLE
            /history/x');alert('1/                       | DESTINATION_NOT_FOUND
            # scripts and styles come from the server whose page asks
            /history-servers/eu/static/webui.css         | ui-static eu-shs /static/webui.css /history-servers/eu
            /history-servers/us/static/webui.css         | ui-static us-shs /spark/static/webui.css /history-servers/us
            /history-servers/us/favicon.ico              | ui-static us-shs /spark/favicon.ico /history-servers/us
            /history-servers/us/api/v1/version           | ui-api us-shs /spark/api/v1/version /history-servers/us
            /static/webui.css                            | ui-static eu-shs /static/webui.css /history-servers/eu
            # one list and one first page for all
            /api/v1/applications?limit=3                 | ui-list eu-shs /api/v1/applications?limit=3 /history-servers/eu + ui-list us-shs /spark/api/v1/applications?limit=3 /history-servers/us
            /history-servers/us/api/v1/applications?limit=3 | ui-list eu-shs /api/v1/applications?limit=3 /history-servers/eu + ui-list us-shs /spark/api/v1/applications?limit=3 /history-servers/us
            /api/v1/applications?minDate=xx              | ui-list 400
            /                                            | ui-home eu-shs / /history-servers/eu filtered
            /history-servers/us/                         | 302 /
            /history-servers/us/?showIncomplete=true     | 302 /?showIncomplete=true
            /history-servers/us                          | 302 /
            # a server that is not there any more, and what is no page of one
            /history-servers/gone/history/old-us/jobs/?a=b | 302 /history/old-us/jobs/?a=b
            /history-servers/us/sparkui/app-1/           | 302 /sparkui/app-1/
            /history-servers/us/history-servers/eu/static/x | 302 /history-servers/eu/static/x
            /history-servers/gone//evil.example/         | DESTINATION_NOT_FOUND
            /history-servers/us//evil.example/           | DESTINATION_NOT_FOUND
            """)
    void eachRequestGoesToTheServerThatHasIt(String target, String decision) throws HttpViolation {
        assertThat(line(target)).isEqualTo(decision);
    }

    @Test
    void belowTheBasePathItIsTheSame() throws HttpViolation {
        UiRouter router =
                router(new UiRouting("/gate", "/sparkui", new HistoryServers(List.of(EU, US)), Duration.ofSeconds(1)));
        assertThat(Decisions.line(router, Heads.get("/gate/history-servers/us/history/old-us/jobs/?a=b")))
                .isEqualTo("ui-history us-shs /spark/history/old-us/jobs/?a=b /gate/history-servers/us");
        assertThat(Decisions.line(router, Heads.get("/gate/history-servers/us/?a=b")))
                .isEqualTo("302 /gate/?a=b");
        assertThat(Decisions.line(router, Heads.get("/gate/api/v1/applications")))
                .isEqualTo("ui-list eu-shs /api/v1/applications /gate/history-servers/eu"
                        + " + ui-list us-shs /spark/api/v1/applications /gate/history-servers/us");
    }

    @Test
    void aServerThatIsTheOnlyOneHasNoRootOfItsOwn() throws HttpViolation {
        UiRouter router = router(new UiRouting("/sparkui", US));
        assertThat(Decisions.line(router, Heads.get("/history/anything/jobs/")))
                .isEqualTo("ui-history us-shs /spark/history/anything/jobs/");
        assertThat(Decisions.line(router, Heads.get("/history-servers/us/history/old-us/?a=b")))
                .isEqualTo("302 /history/old-us/?a=b");
    }

    @Test
    void aListIsNotMadeForSomebodyWithoutANameWhereServersActInOnes() throws HttpViolation {
        UiRouter router = RouterUnderTest.of(this::several, () -> RUNNING)
                .handOver(handOver())
                .safety(() -> new UiSafety(UiSafety.Kill.EVERYBODY, Set.of(), true))
                .build();
        assertThat(Decisions.line(router, Heads.get("/api/v1/applications"))).isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(Decisions.line(router, Heads.get("/history/old-us/"))).isEqualTo("HTTP_REQUEST_DENIED");
    }

    @Test
    void aKillThatIsRoutedLaterIsUnderTheSameRules() throws HttpViolation {
        HandOver never = new HandOver((_, _) -> new CompletableFuture<>(), InstantSource.fixed(HandOvers.NOW));
        UiRouter router = RouterUnderTest.of(this::several, () -> RUNNING)
                .handOver(never)
                .safety(() -> new UiSafety(UiSafety.Kill.NOBODY, Set.of(), false))
                .build();
        assertThat(router.route(
                        Heads.request("POST", "/history/old-us/jobs/job/kill/", "Content-Length: 0"),
                        Clients.DIRECT,
                        Principal.ANONYMOUS))
                .isInstanceOfSatisfying(
                        RouteDecision.Refuse.class,
                        refusal -> assertThat(refusal.error()).isEqualTo(ErrorType.HTTP_REQUEST_DENIED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-x", "a b", "a/b", "..", "é", "_eu"})
    void aNameIsASegmentOfAPath(String name) {
        assertThatThrownBy(() -> server(name, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eu", "history", "proxy"})
    void oneOfSeveralHasANameOfItsOwnThatSparksScriptsDoNotLookFor(String name) {
        assertThatThrownBy(() -> new HistoryServers(List.of(EU, server(name, ""))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String line(String target) throws HttpViolation {
        return Decisions.line(router(several()), Heads.get(target));
    }

    private UiRouting several() {
        return new UiRouting("", "/sparkui", new HistoryServers(List.of(EU, US)), Duration.ofSeconds(1));
    }

    private UiRouter router(UiRouting rules) {
        return RouterUnderTest.of(() -> rules, () -> RUNNING)
                .handOver(handOver())
                .build();
    }

    private HandOver handOver() {
        return new HandOver(
                (_, id) -> CompletableFuture.completedFuture(
                        known.getOrDefault(id, HistoryAnswer.of(HistoryState.Unknown.INSTANCE))),
                InstantSource.fixed(HandOvers.NOW));
    }
}
