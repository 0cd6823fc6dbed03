// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a client sends, it is never what is connected to. */
class UiRouterProperties {
    private static final AppDirectory RUNNING = new AppDirectory(
            List.of(app("app-1", "driver-1", SparkJson.listing("app-1", "one", "3")), app("app-2", "driver-2", null)),
            Lives.of("old-1", new ApplicationLife.Ended(HandOvers.NOW)));
    private static final Set<Upstream> KNOWN =
            Set.of(new Upstream("shs", 18080), new Upstream("driver-1", 4040), new Upstream("driver-2", 4040));

    private final UiRouter router = router("");
    private final UiRouter mounted = router("/gatehouse");

    private static UiRouter router(String basePath) {
        UiRouting rules = new UiRouting(basePath, "/sparkui", new HistoryServer(new Upstream("shs", 18080), ""));
        return RouterUnderTest.of(() -> rules, () -> RUNNING)
                .handOver(HandOvers.knowing(new HistoryState.Finished("2")))
                .build();
    }

    @Property(tries = 5000)
    void upstreamsAreOnlyThoseThatDiscoveryKnows(
            @ForAll("methods") String method, @ForAll("targets") String target, @ForAll("fields") List<String> fields) {
        check(router, Clients.DIRECT, "", method, target, fields);
    }

    @Property(tries = 5000)
    void theSameBelowABasePathAndNothingLeadsOutOfIt(
            @ForAll("methods") String method,
            @ForAll("targets") String target,
            @ForAll("fields") List<String> fields,
            @ForAll boolean stripped) {
        ClientInfo client = stripped ? Clients.below("/gatehouse") : Clients.DIRECT;
        check(mounted, client, "/gatehouse", method, target, fields);
        check(mounted, client, "/gatehouse", method, "/gatehouse" + target, fields);
    }

    private static void check(
            UiRouter router, ClientInfo client, String base, String method, String target, List<String> fields) {
        RequestHead head;
        try {
            head = Heads.request(method, target, fields.toArray(String[]::new));
        } catch (HttpViolation refusedByTheCodec) {
            return;
        }
        switch (Decisions.decide(router, head, client)) {
            case RouteDecision.Forward forward -> {
                assertThat(KNOWN).contains(forward.target().upstream());
                assertThat(head.pathStart() + forward.strippedPathBytes()).isLessThanOrEqualTo(head.pathEnd());
                assertThat(new String(forward.target().extraFields(), StandardCharsets.US_ASCII))
                        .matches("(X-Forwarded-Context: " + base + "/sparkui/app-[12]\r\n)?|X-Forwarded-Context: "
                                + base + "\r\n");
            }
            case RouteDecision.Answer answer ->
                assertThat(answer.response().fields())
                        .filteredOn(field -> field.name().equals("Location"))
                        .allSatisfy(field -> assertThat(field.value()).matches(base + "/([^/\\\\].*)?"));
            case RouteDecision.Refuse refusal -> {}
            case RouteDecision decision -> throw new AssertionError("not a decision of this router: " + decision);
        }
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW");
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> pieces = Arbitraries.of(
                "/",
                "//",
                "sparkui",
                "history",
                "app",
                "api",
                "v1",
                "applications",
                "static",
                "home",
                "jobs",
                "app-1",
                "app-2",
                "old-1",
                "3",
                "1",
                "kill",
                "..",
                ".",
                "%2F",
                "%25zz",
                "?",
                "&",
                "limit=1",
                "status=running",
                "http://",
                "evil.example",
                "@",
                ":4041",
                ";x=y",
                "\"'<>",
                "[::1]",
                "169.254.169.254",
                "#",
                "%0d%0a",
                "~",
                "logs");
        Arbitrary<String> free = Arbitraries.strings().withCharRange('!', '~').ofMaxLength(6);
        return Arbitraries.oneOf(pieces, pieces, pieces, free)
                .list()
                .ofMaxSize(10)
                .map(parts -> "/" + String.join("/", parts).replace("///", "/"));
    }

    @Provide
    Arbitrary<List<String>> fields() {
        return Arbitraries.of(
                        "Host: evil.example",
                        "X-Forwarded-Host: evil.example",
                        "X-Forwarded-Context: /evil",
                        "X-Forwarded-For: 10.0.0.1",
                        "Forwarded: host=evil.example",
                        "Origin: http://evil.example",
                        "Referer: http://evil.example/sparkui/app-9/",
                        "X-Original-URL: http://evil.example/",
                        "X-Requested-With: XMLHttpRequest")
                .list()
                .uniqueElements()
                .ofMaxSize(4);
    }
}
