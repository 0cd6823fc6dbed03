// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.FakeProvider.ISSUER;
import static io.gatehouse.identity.FakeProvider.NEXT_KEY;
import static io.gatehouse.identity.FakeProvider.answer;
import static io.gatehouse.identity.FakeProvider.sign;
import static io.gatehouse.identity.LoginsKit.CLIENT;
import static io.gatehouse.identity.LoginsKit.bearer;
import static io.gatehouse.identity.LoginsKit.granted;
import static io.gatehouse.identity.LoginsKit.oidc;
import static io.gatehouse.identity.LoginsKit.oidcOf;
import static io.gatehouse.identity.LoginsKit.open;
import static io.gatehouse.identity.LoginsKit.password;
import static io.gatehouse.identity.LoginsKit.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Passwords that the identity provider knows. */
class PasswordGrantTest {
    private final FakeProvider provider = new FakeProvider();

    PasswordGrantTest() {
        provider.knowsPasswords();
    }

    @Test
    void aPasswordIsExchangedForATokenThatSaysWhoItIs() {
        try (Identity identity = open(provider, oidc())) {
            assertThat(granted(password(identity, "alice", "alice-pw")))
                    .isEqualTo(new Principal("alice", Set.of("analysts")));
            assertThat(password(identity, "alice", "wrong")).isEqualTo(Refusals.WRONG_PASSWORD);
            assertThat(password(identity, "nobody", "wrong")).isEqualTo(Refusals.WRONG_PASSWORD);
        }
    }

    /** Some directories take one for an anonymous login, and say yes. */
    @Test
    void anEmptyPasswordIsWrongWhateverTheProviderWouldSay() {
        provider.exchanges(form -> answer(200, "{\"id_token\":\"%s\"}".formatted(sign(provider.token("alice")))));
        try (Identity identity = open(provider, oidc())) {
            assertThat(password(identity, "alice", "")).isEqualTo(Refusals.WRONG_PASSWORD);
        }
    }

    @Test
    void theSameAsATokenOfPySpark() {
        try (Identity identity = open(provider, oidc())) {
            String encoded = Base64.getEncoder().encodeToString("alice:alice-pw".getBytes(StandardCharsets.UTF_8));
            assertThat(granted(bearer(identity, encoded.replace("=", ""))).name())
                    .isEqualTo("alice");
        }
    }

    /** Defect 17 of the old program: 312 logins for one toPandas(). */
    @Test
    void hundredsOfCallsCostOneQuestionAMinute() {
        try (Identity identity = open(provider, oidc())) {
            for (int i = 0; i < 312; i++) {
                assertThat(password(identity, "alice", "alice-pw"))
                        .isInstanceOfSatisfying(
                                Login.Granted.class,
                                login -> assertThat(login.validUntil())
                                        .isBeforeOrEqualTo(
                                                provider.time.instant().plusSeconds(60)));
                provider.time.pass(Duration.ofMillis(190));
            }
            assertThat(provider.asked("/token")).isEqualTo(1);
            // When
            provider.time.pass(Duration.ofSeconds(1));
            password(identity, "alice", "alice-pw");
            // Then
            assertThat(provider.asked("/token")).isEqualTo(2);
        }
    }

    @Test
    void manyAtTheSameTimeAreOneQuestion() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            provider.hangs();
            List<CompletionStage<Login>> logins = Collections.synchronizedList(new ArrayList<>());
            int users = 60;
            // When: four threads begin with each user at the same moment
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                CyclicBarrier moment = new CyclicBarrier(4);
                for (int thread = 0; thread < 4; thread++) {
                    threads.submit(() -> {
                        for (int i = 0; i < users; i++) {
                            byte[] password = ("user-" + i + "-pw").getBytes(StandardCharsets.UTF_8);
                            moment.await();
                            logins.add(identity.login(new Credential.Password("user-" + i, password), CLIENT));
                        }
                        return null;
                    });
                }
            }
            provider.letGo();
            // Then
            assertThat(logins)
                    .hasSize(4 * users)
                    .allSatisfy(login -> assertThat(result(login)).isInstanceOf(Login.Granted.class));
            assertThat(provider.asked("/token")).isEqualTo(users);
        }
    }

    @Test
    void aGrantEndsWithTheTokenItCameFrom() {
        provider.exchanges(form -> answer(
                200,
                "{\"id_token\":\"%s\"}"
                        .formatted(sign(provider.token("alice")
                                .withExpiresAt(provider.time.instant().plusSeconds(20))))));
        try (Identity identity = open(provider, oidc())) {
            assertThat(password(identity, "alice", "x"))
                    .isInstanceOfSatisfying(
                            Login.Granted.class,
                            login -> assertThat(login.validUntil())
                                    .isEqualTo(provider.time.instant().plusSeconds(20)));
            provider.time.pass(Duration.ofSeconds(21));
            password(identity, "alice", "x");
            assertThat(provider.asked("/token")).isEqualTo(2);
        }
    }

    @Test
    void wrongPasswordsAreCountedAndTheProviderIsSparedTheRest() {
        try (Identity identity = open(provider, oidc())) {
            for (int i = 0; i < 10; i++) {
                assertThat(password(identity, "alice", "wrong-" + i)).isEqualTo(Refusals.WRONG_PASSWORD);
            }
            assertThat(password(identity, "alice", "alice-pw")).isEqualTo(new Login.Throttled(Duration.ofMinutes(1)));
            assertThat(password(identity, "ALICE", "alice-pw")).isInstanceOf(Login.Throttled.class);
            assertThat(provider.asked("/token")).isEqualTo(10);
            assertThat(password(identity, "bob", "bob-pw")).isInstanceOf(Login.Granted.class);
            provider.time.pass(Duration.ofMinutes(1));
            assertThat(password(identity, "alice", "alice-pw")).isInstanceOf(Login.Granted.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, WRONG",
        "401, access_denied, WRONG",
        "401, invalid_grant, WRONG",
        "401, '', WRONG",
        "401, invalid_client, UNAVAILABLE",
        "400, unauthorized_client, UNAVAILABLE",
        "400, invalid_scope, UNAVAILABLE",
        "400, '', UNAVAILABLE",
        "302, '', UNAVAILABLE",
        "403, '', UNAVAILABLE",
        "500, '', UNAVAILABLE",
        "429, '', THROTTLED"
    })
    void whatTheProviderAnswers(int status, String error, String outcome) {
        provider.exchanges(form -> answer(status, "{\"error\":\"%s\"}".formatted(error)));
        try (Identity identity = open(provider, oidc())) {
            Class<? extends Login> expected = switch (outcome) {
                case "WRONG" -> Login.Refused.class;
                case "THROTTLED" -> Login.Throttled.class;
                default -> Login.Unavailable.class;
            };
            // What is not the user's fault is not counted as such.
            for (int i = 0; i < (outcome.equals("WRONG") ? 1 : 20); i++) {
                assertThat(password(identity, "alice", "x")).isInstanceOf(expected);
            }
        }
    }

    @Test
    void aTokenThatTheProviderGivesIsNotBelievedUnverified() {
        provider.exchanges(form -> answer(
                200, "{\"id_token\":\"%s\"}".formatted(provider.token("alice").sign(NEXT_KEY.rs256()))));
        try (Identity identity = open(provider, oidc())) {
            assertThat(password(identity, "alice", "x")).isEqualTo(Refusals.TOKEN_REFUSED);
        }
        for (String body : List.of("", "{", "[]", "{\"id_token\":7}", "{\"token\":\"x\"}")) {
            provider.exchanges(form -> answer(200, body));
            try (Identity identity = open(provider, oidc())) {
                assertThat(password(identity, "alice", "x")).isEqualTo(Refusals.NO_ANSWER);
            }
        }
    }

    @Test
    void rolesOfAnAccessTokenCountWhereTheIdTokenHasNone() {
        provider.exchanges(form -> answer(
                200,
                "{\"id_token\":\"%s\",\"access_token\":\"%s\"}"
                        .formatted(
                                sign(provider.token("alice")),
                                sign(provider.token(form.get("username"))
                                        .withAudience("account")
                                        .withClaim("azp", FakeProvider.CLIENT)
                                        .withClaim("realm_access", Map.of("roles", List.of("admin")))))));
        try (Identity identity =
                open(provider, oidcOf(ISSUER, Set.of("spark"), "preferred_username", "realm_access.roles"))) {
            assertThat(granted(password(identity, "alice", "x"))).isEqualTo(new Principal("alice", Set.of("admin")));
            // Another user's are not.
            assertThat(granted(password(identity, "bob", "x"))).isEqualTo(new Principal("alice"));
        }
    }

    @Test
    void userPasswordAndSecretArriveAsTheyAre() {
        try (Identity identity = open(provider, oidcOf(ISSUER, Set.of(), "preferred_username", "groups"))) {
            password(identity, "Ünal & Co+%", "p=ä&b c%41+\"");
        }
        HttpFetcher.Request request = provider.requests.getLast();
        assertThat(FakeProvider.fields(request))
                .isEqualTo(Map.of(
                        "grant_type", "password",
                        "scope", "openid",
                        "username", "Ünal & Co+%",
                        "password", "p=ä&b c%41+\""));
        assertThat(request.authorization())
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("gatehouse:s3cret".getBytes(StandardCharsets.UTF_8)));
        assertThat(request.toString()).doesNotContain("p=", "s3cret");
    }

    @Test
    void aProviderThatTakesTheSecretInTheFormGetsItThere() {
        provider.says("token_endpoint_auth_methods_supported", "[\"client_secret_post\"]");
        try (Identity identity = open(provider, oidcOf(ISSUER, Set.of(), "preferred_username", "groups"))) {
            password(identity, "alice", "x");
        }
        assertThat(provider.requests.getLast().authorization()).isNull();
        assertThat(FakeProvider.fields(provider.requests.getLast()))
                .containsEntry("client_id", "gatehouse")
                .containsEntry("client_secret", "s3cret");
    }

    @Test
    void aProviderThatHangsIsAskedBySixtyFourAtMost() {
        try (Identity identity = open(provider, oidc())) {
            provider.hangs();
            List<CompletionStage<Login>> logins = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                logins.add(identity.login(
                        new Credential.Password("user-" + i, ("user-" + i + "-pw").getBytes(StandardCharsets.UTF_8)),
                        CLIENT));
            }
            await().until(() -> provider.asked("/token") == 64);
            provider.letGo();
            assertThat(logins.stream().map(login -> result(login)).filter(Login.Throttled.class::isInstance))
                    .hasSize(36);
            assertThat(logins.stream().map(login -> result(login)).filter(Login.Granted.class::isInstance))
                    .hasSize(64);
        }
    }

    @Test
    void throughAnOutageWhatIsRememberedIsStillGood() {
        try (Identity identity = open(provider, oidc())) {
            password(identity, "alice", "alice-pw");
            provider.goesDown();
            assertThat(password(identity, "alice", "alice-pw")).isInstanceOf(Login.Granted.class);
            for (int i = 0; i < 20; i++) {
                assertThat(password(identity, "bob", "bob-pw")).isEqualTo(Refusals.NO_ANSWER);
            }
            provider.comesBack();
            assertThat(password(identity, "bob", "bob-pw")).isInstanceOf(Login.Granted.class);
        }
    }
}
