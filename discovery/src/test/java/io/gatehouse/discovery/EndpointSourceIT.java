// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.SourceFixture.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UIs at known addresses, over real sockets. */
class EndpointSourceIT {
    private SourceFixture fixture;
    private final List<UiEndpoint> endpoints = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        fixture = new SourceFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anApplicationAppearsWithWhatItsDriverSaysOfIt() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            // When
            use(new UiEndpoint(ui.upstream(), null));

            // Then
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            Application application = fixture.registry.get().find("app-1");
            assertThat(application.ui()).isEqualTo(ui.upstream());
            assertThat(application.source()).isEqualTo("static");
            assertThat(application.listing().name()).isEqualTo("a name");
        }
    }

    @Test
    void aProbeCarriesNothingOfAnyViewer() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> ui.requests().size() > 2);
            assertThat(ui.requests())
                    .allSatisfy(head -> assertThat(head)
                            .startsWith("GET /api/v1/applications HTTP/1.1\r\nHost: 127.0.0.1:" + ui.port() + "\r\n")
                            .doesNotContainIgnoringCase("cookie:")
                            .doesNotContainIgnoringCase("authorization:")
                            .doesNotContainIgnoringCase("x-forwarded"));
        }
    }

    @Test
    void readinessWaitsForTheFirstAnswers() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            ui.hang(true);
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> ui.requests().size() == 1);
            assertThat(fixture.registry.unsynced()).containsExactly("static");

            ui.hang(false);
            await().until(() -> fixture.registry.unsynced().isEmpty());
            assertThat(fixture.ids()).containsExactly("app-1");
        }
    }

    @Test
    void aConfiguredApplicationIsThereBeforeItsDriverAnswers() throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            ui.always(FakeSpark.STARTING);
            use(new UiEndpoint(ui.upstream(), "app-1"));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            assertThat(fixture.registry.get().find("app-1").listing()).isNull();

            ui.runs("app-1").always(null);
            await().until(() -> fixture.registry.get().find("app-1").listing() != null);
        }
    }

    @Test
    void anotherApplicationAtAConfiguredAddressIsShownUnderNoName() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-2")) {
            // Given
            use(new UiEndpoint(ui.upstream(), "app-1"));

            // When
            await().until(() -> ui.requests().size() > 2);

            // Then: app-1's URL must not lead to app-2
            await().until(() -> fixture.ids().isEmpty());
            ui.runs("app-1");
            await().until(() -> fixture.ids().equals(List.of("app-1")));
        }
    }

    @Test
    void aUiThatStartsIsNothingYetAndNothingIsForgottenOverIt() throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            ui.always(FakeSpark.STARTING);
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> ui.requests().size() > 2);
            assertThat(fixture.ids()).isEmpty();

            ui.runs("app-1").always(null);
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            ui.always(FakeSpark.response(503, "text/html", "busy"));
            int asked = ui.requests().size();
            await().until(() -> ui.requests().size() > asked + 2);
            assertThat(fixture.ids()).containsExactly("app-1");
        }
    }

    @Test
    void anAnswerWithScriptInItsIdIsNeverListed() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("<script>alert(1)</script>")) {
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> ui.requests().size() > 2);
            assertThat(fixture.ids()).isEmpty();
        }
    }

    @Test
    void aUiThatHangsDelaysNobody() throws Exception {
        try (FakeSpark hung = FakeSpark.driver("app-1");
                FakeSpark well = FakeSpark.driver("app-2")) {
            hung.hang(true);
            use(new UiEndpoint(hung.upstream(), null), new UiEndpoint(well.upstream(), null));
            await().atMost(Duration.ofSeconds(1)).until(() -> fixture.ids().equals(List.of("app-2")));
            assertThat(hung.requests()).as("asked once while it hangs").hasSizeLessThan(2);
        }
    }

    @Test
    void aUiThatIsClosedIsGone() throws Exception {
        FakeSpark ui = FakeSpark.driver("app-1");
        use(new UiEndpoint(ui.upstream(), null));
        await().until(() -> fixture.ids().equals(List.of("app-1")));
        ui.close();
        await().until(() -> fixture.ids().isEmpty());
    }

    @Test
    void aConfiguredApplicationWhoseConnectionIsRefusedIsGone() throws Exception {
        FakeSpark ui = FakeSpark.driver("app-1");
        use(new UiEndpoint(ui.upstream(), "app-1"));
        await().until(() ->
                !fixture.ids().isEmpty() && fixture.registry.get().find("app-1").listing() != null);
        ui.close();
        await().until(() -> fixture.ids().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"200, 'Spark is starting up.'", "404, no", "302, elsewhere", "503, busy"})
    void whatNeverAnswersAsAnApplicationAgainIsForgotten(int status, String body) throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1");
                FakeSpark never = new FakeSpark()) {
            // Given
            String answer = FakeSpark.response(status, "text/html", body);
            never.always(answer);
            use(new UiEndpoint(ui.upstream(), null), new UiEndpoint(never.upstream(), "app-2"));
            await().until(() -> fixture.ids().equals(List.of("app-1", "app-2")));

            // When
            ui.always(answer);

            // Then: what configuration alone names stays until it has been heard
            await().until(() -> fixture.ids().equals(List.of("app-2")));
            await().until(() -> never.requests().size() > 15);
            assertThat(fixture.ids()).containsExactly("app-2");
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "302", "403"})
    void aConfiguredApplicationBehindALoginIsListedThoughItTellsTheProbeNothing(int status) throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            // Given
            ui.always("HTTP/1.1 " + status + " X\r\nLocation: https://idp.example/auth\r\n"
                    + "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
            // When
            use(new UiEndpoint(ui.upstream(), "app-1"));
            await().until(() -> ui.requests().size() > 15);
            // Then
            assertThat(fixture.ids()).containsExactly("app-1");
            assertThat(fixture.registry.get().find("app-1").listing()).isNull();
        }
    }

    @Test
    void aConfiguredApplicationThatComesBackBehindALoginIsListedAgain() throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            // Given: an application that has ended
            ui.lists(SparkJson.entry("app-1", "name", true));
            use(new UiEndpoint(ui.upstream(), "app-1"));
            await().until(() -> fixture.ids().isEmpty() && !ui.requests().isEmpty());

            // When
            ui.always(FakeSpark.response(401, "text/html", "who are you?"));

            // Then
            await().until(() -> fixture.ids().equals(List.of("app-1")));
        }
    }

    @Test
    void whoSaidToBeAnotherApplicationIsNotTheConfiguredOneBehindALogin() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-2")) {
            use(new UiEndpoint(ui.upstream(), "app-1"));
            await().until(() -> fixture.ids().isEmpty() && !ui.requests().isEmpty());
            ui.always(FakeSpark.response(401, "text/html", "who are you?"));
            int asked = ui.requests().size();
            await().until(() -> ui.requests().size() > asked + 5);
            assertThat(fixture.ids()).isEmpty();
        }
    }

    @Test
    void aConfiguredApplicationWhereNobodyEverAnswersIsNotWaitedForForEver() throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            ui.always("nonsense\r\n\r\n");
            use(new UiEndpoint(ui.upstream(), "app-1"));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void anEntryThatIsTooLargeIsNotKept() throws Exception {
        try (FakeSpark ui = new FakeSpark()) {
            ui.lists(SparkJson.entry("app-1", "x".repeat(8 << 10), false));
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> ui.requests().size() > 2);
            assertThat(fixture.ids()).isEmpty();
        }
    }

    @Test
    void oneStrangeAnswerMakesNobodyForgotten() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            int asked = ui.requests().size();
            String other = FakeSpark.response(404, "text/html", "?");
            ui.next(other, other);
            await().until(() -> ui.requests().size() > asked + 4);
            assertThat(fixture.logged("application gone")).isZero();
        }
    }

    @Test
    void anApplicationThatIsFinishedIsGone() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            ui.lists(SparkJson.entry("app-1", "x", true));
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void anEndpointThatIsTakenAwayIsForgottenThoughItAnswersLater() throws Exception {
        try (FakeSpark slow = FakeSpark.driver("app-1");
                FakeSpark other = FakeSpark.driver("app-2")) {
            // Given
            slow.hang(true);
            use(new UiEndpoint(slow.upstream(), null), new UiEndpoint(other.upstream(), null));
            await().until(() -> slow.requests().size() == 1 && fixture.ids().contains("app-2"));

            // When
            endpoints.removeFirst();
            int rounds = other.requests().size();
            await().until(() -> other.requests().size() > rounds + 2);
            slow.hang(false);

            // Then
            int later = other.requests().size();
            await().during(Duration.ofMillis(300))
                    .until(() -> fixture.ids().equals(List.of("app-2"))
                            && other.requests().size() >= later);
        }
    }

    @Test
    void lateAnswersToAClosedSourceChangeNothing() throws Exception {
        try (FakeSpark slow = FakeSpark.driver("app-1");
                FakeSpark next = FakeSpark.driver("app-2")) {
            // Given
            slow.hang(true);
            use(new UiEndpoint(slow.upstream(), null));
            await().until(() -> slow.requests().size() == 1);

            // When: a reload
            fixture.registry.use(List.of(new EndpointSource(
                    "static",
                    () -> List.of(new UiEndpoint(next.upstream(), null)),
                    fixture.client,
                    fixture.scheduler,
                    INTERVAL)));
            slow.hang(false);

            // Then
            await().until(() -> fixture.ids().equals(List.of("app-2")));
            await().during(Duration.ofMillis(300)).until(() -> fixture.ids().equals(List.of("app-2")));
            assertThat(slow.requests()).hasSize(1);
        }
    }

    @Test
    void aReloadInterruptsNobody() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            use(new UiEndpoint(ui.upstream(), null));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
            for (int reload = 0; reload < 5; reload++) {
                use();
                for (int look = 0; look < 50; look++) {
                    assertThat(fixture.ids()).containsExactly("app-1");
                    Thread.sleep(2);
                }
            }
        }
    }

    @Test
    void anAddressWithoutARouteIsGoneAndOneWithoutAName() throws Exception {
        try (FakeSpark ui = FakeSpark.driver("app-1")) {
            use(new UiEndpoint(new Upstream("no-such-host.invalid", 4040), null), new UiEndpoint(ui.upstream(), null));
            await().until(() -> fixture.ids().equals(List.of("app-1")));
        }
    }

    /** Adds endpoints, and begins anew with all of them. */
    private void use(UiEndpoint... more) {
        endpoints.addAll(List.of(more));
        fixture.registry.use(
                List.of(new EndpointSource("static", () -> endpoints, fixture.client, fixture.scheduler, INTERVAL)));
    }
}
