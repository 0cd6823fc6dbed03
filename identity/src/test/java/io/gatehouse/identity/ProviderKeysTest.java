// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.FakeProvider.KEY;
import static io.gatehouse.identity.FakeProvider.NEXT_KEY;
import static io.gatehouse.identity.FakeProvider.sign;
import static io.gatehouse.identity.LoginsKit.CLIENT;
import static io.gatehouse.identity.LoginsKit.bearer;
import static io.gatehouse.identity.LoginsKit.oidc;
import static io.gatehouse.identity.LoginsKit.open;
import static io.gatehouse.identity.LoginsKit.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.algorithms.Algorithm;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of tokens when the provider changes its keys, or is gone. */
class ProviderKeysTest {
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    private final FakeProvider provider = new FakeProvider();

    @Test
    void aNewKeyIsFetchedWhenATokenNamesItAndTheOldOneStaysGood() {
        try (Identity identity = open(provider, oidc())) {
            String old = sign(provider.token("alice"));
            assertThat(bearer(identity, old)).isInstanceOf(Login.Granted.class);
            // Given
            provider.publish(KEY.jwk(), NEXT_KEY.jwk());
            provider.time.pass(HALF_A_MINUTE);
            // When / Then
            assertThat(bearer(identity, newToken("bob"))).isInstanceOf(Login.Granted.class);
            assertThat(bearer(identity, old)).isInstanceOf(Login.Granted.class);
            assertThat(bearer(identity, sign(provider.token("carol")))).isInstanceOf(Login.Granted.class);
            assertThat(provider.asked("/certs")).isEqualTo(2);
        }
    }

    @Test
    void aTokenOfAKeyThatWasWithdrawnIsRefusedThoughItWasGoodBefore() {
        try (Identity identity = open(provider, oidc())) {
            String old = sign(provider.token("alice"));
            assertThat(bearer(identity, old)).isInstanceOf(Login.Granted.class);
            // Given
            provider.publish(NEXT_KEY.jwk());
            provider.time.pass(HALF_A_MINUTE);
            // When
            assertThat(bearer(identity, newToken("bob"))).isInstanceOf(Login.Granted.class);
            // Then
            assertThat(bearer(identity, old)).isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void aKeyThatWasWithdrawnInAQuietNightLetsNobodyInInTheMorning() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            assertThat(bearer(identity, longLived("alice"))).isInstanceOf(Login.Granted.class);
            provider.publish(NEXT_KEY.jwk());
            // When: nothing but time
            provider.time.pass(Duration.ofHours(8));
            // Then
            assertThat(bearer(identity, sign(provider.token("eve")))).isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void aTokenThatWasGoodInTheEveningIsNoBetterThanANewOne() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            String token = longLived("alice");
            assertThat(bearer(identity, token)).isInstanceOf(Login.Granted.class);
            provider.publish(NEXT_KEY.jwk());
            // When
            provider.time.pass(Duration.ofMinutes(5));
            // Then
            assertThat(bearer(identity, token)).isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void theFirstLoginsAfterAQuietNightWaitForOneQuestion() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            String known = longLived("alice");
            bearer(identity, known);
            provider.time.pass(Duration.ofHours(8));
            provider.hangs();
            // When
            List<CompletionStage<Login>> logins = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String token = i % 2 == 0 ? known : sign(provider.token("user-" + i));
                logins.add(identity.login(new Credential.Bearer(token), CLIENT));
            }
            // Then
            assertThat(logins)
                    .allSatisfy(login -> assertThat(login.toCompletableFuture()).isNotDone());
            provider.letGo();
            assertThat(logins).allSatisfy(login -> assertThat(result(login)).isInstanceOf(Login.Granted.class));
            assertThat(provider.asked("/certs")).isEqualTo(2);
        }
    }

    @Test
    void whereLoginsComeAllTheTimeNobodyWaitsForKeys() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            String known = longLived("alice");
            bearer(identity, known);
            // When
            for (int seconds = 0; seconds < 1200; seconds += 20) {
                provider.time.pass(Duration.ofSeconds(20));
                // Then: at once, so on this thread
                assertThat(identity.login(new Credential.Bearer(known), CLIENT).toCompletableFuture())
                        .isCompletedWithValueMatching(login -> login instanceof Login.Granted);
            }
            assertThat(provider.asked("/certs")).isEqualTo(6);
        }
    }

    @Test
    void inAnOutageThatBeganInTheNightOldKeysServeAndOnlyTheFirstWaits() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            String known = longLived("alice");
            bearer(identity, known);
            provider.time.pass(Duration.ofHours(8));
            provider.goesDown();
            // When / Then
            assertThat(bearer(identity, sign(provider.token("bob")))).isInstanceOf(Login.Granted.class);
            provider.time.pass(HALF_A_MINUTE);
            provider.hangs();
            assertThat(identity.login(new Credential.Bearer(known), CLIENT).toCompletableFuture())
                    .as("the old keys serve while it is asked again")
                    .isCompletedWithValueMatching(login -> login instanceof Login.Granted);
            assertThat(provider.asked("/certs")).isEqualTo(3);
            provider.letGo();
        }
    }

    @Test
    void anOutageOfTheEveningSaysNothingOfTheMorning() {
        try (Identity identity = open(provider, oidc())) {
            // Given
            bearer(identity, longLived("alice"));
            provider.goesDown();
            provider.time.pass(Duration.ofMinutes(6));
            assertThat(bearer(identity, sign(provider.token("bob")))).isInstanceOf(Login.Granted.class);
            // When
            provider.comesBack();
            provider.publish(NEXT_KEY.jwk());
            provider.time.pass(Duration.ofHours(8));
            // Then
            assertThat(bearer(identity, sign(provider.token("eve")))).isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void unknownKeysHaveTheProviderAskedOnceInHalfAMinute() {
        try (Identity identity = open(provider, oidc())) {
            assertThat(provider.asked("/certs")).isEqualTo(1);
            for (int i = 0; i < 300; i++) {
                assertThat(bearer(identity, sign(provider.token("alice").withKeyId("unknown-" + i))))
                        .isEqualTo(Refusals.TOKEN_REFUSED);
                provider.time.pass(Duration.ofSeconds(1));
            }
            assertThat(provider.asked("/certs")).isBetween(10L, 11L);
        }
    }

    @Test
    void manyTokensOfANewKeyAtTheSameTimeAreOneQuestion() {
        try (Identity identity = open(provider, oidc())) {
            provider.publish(KEY.jwk(), NEXT_KEY.jwk());
            provider.time.pass(HALF_A_MINUTE);
            provider.hangs();
            // When
            List<CompletionStage<Login>> logins = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                logins.add(identity.login(new Credential.Bearer(newToken("user-" + i)), CLIENT));
            }
            await().until(() -> provider.asked("/certs") == 2);
            provider.letGo();
            // Then
            assertThat(logins).allSatisfy(login -> assertThat(result(login)).isInstanceOf(Login.Granted.class));
            assertThat(provider.asked("/certs")).isEqualTo(2);
        }
    }

    @Test
    void aTokenThatIsKnownIsNotVerifiedAgain() {
        try (Identity identity = open(provider, oidc())) {
            String token = sign(provider.token("alice"));
            bearer(identity, token);
            // When / Then: at once, so on this thread
            assertThat(identity.login(new Credential.Bearer(token), CLIENT).toCompletableFuture())
                    .isCompletedWithValueMatching(login -> login instanceof Login.Granted);
            // But not beyond its end.
            provider.time.pass(Duration.ofMinutes(5).plusSeconds(30));
            assertThat(bearer(identity, token)).isEqualTo(Refusals.TOKEN_EXPIRED);
        }
    }

    @Test
    void aGrantLastsNoLongerThanItsTokenNorFiveMinutes() {
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice").withExpiresAt(in(Duration.ofMinutes(2))))))
                    .isInstanceOfSatisfying(
                            Login.Granted.class,
                            login -> assertThat(login.validUntil()).isEqualTo(in(Duration.ofMinutes(2))));
            assertThat(bearer(identity, sign(provider.token("alice").withExpiresAt(in(Duration.ofDays(1))))))
                    .isInstanceOfSatisfying(
                            Login.Granted.class,
                            login -> assertThat(login.validUntil()).isEqualTo(in(Duration.ofMinutes(5))));
        }
    }

    @Test
    void throughAnOutageKnownKeysStayGoodAndUnknownOnesStayUnknown() {
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isInstanceOf(Login.Granted.class);
            // Given
            provider.goesDown();
            // When / Then
            for (int minutes = 0; minutes <= 23 * 60; minutes += 20) {
                assertThat(bearer(identity, sign(provider.token("bob")))).isInstanceOf(Login.Granted.class);
                assertThat(bearer(identity, newToken("eve"))).isEqualTo(Refusals.TOKEN_REFUSED);
                provider.time.pass(Duration.ofMinutes(20));
            }
            // A day without a word, and the keys are too old.
            provider.time.pass(Duration.ofHours(1));
            assertThat(bearer(identity, sign(provider.token("bob")))).isEqualTo(Refusals.NO_ANSWER);
            // And it is back.
            provider.comesBack();
            provider.time.pass(HALF_A_MINUTE);
            assertThat(bearer(identity, sign(provider.token("bob")))).isInstanceOf(Login.Granted.class);
        }
    }

    @Test
    void aProviderThatIsNotThereYetMakesLoginsUnavailableUntilItIs() {
        provider.goesDown();
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.NO_ANSWER);
            provider.comesBack();
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.NO_ANSWER);
            provider.time.pass(Duration.ofSeconds(5));
            assertThat(bearer(identity, sign(provider.token("alice")))).isInstanceOf(Login.Granted.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 404, 500, 503})
    void anotherStatusThan200IsNoKeySet(int status) {
        provider.answersForKeysWith(status);
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.NO_ANSWER);
        }
    }

    @Test
    void keysThatAreNotForSignaturesOrTooWeakArePassedOver() {
        SigningKey weak = SigningKey.rsa("weak", 1024);
        provider.publish(
                NEXT_KEY.jwk("enc"),
                weak.jwk(),
                "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"oct\"}",
                "{\"kty\":\"RSA\",\"kid\":\"broken\",\"n\":\"???\",\"e\":\"AQAB\"}",
                "7",
                KEY.jwk().replace("\"kid\"", "\"alg\":\"RSA-OAEP\",\"kid\""),
                KEY.jwk());
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isInstanceOf(Login.Granted.class);
            assertThat(bearer(identity, newToken("alice"))).isEqualTo(Refusals.TOKEN_REFUSED);
            assertThat(bearer(
                            identity, provider.token("alice").withKeyId("weak").sign(weak.rs256())))
                    .isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void aKeyThatNamesItsAlgorithmIsForNoOther() {
        provider.publish(KEY.jwk().replace("\"kid\"", "\"alg\":\"RS512\",\"kid\""));
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.TOKEN_REFUSED);
            Algorithm rs512 = Algorithm.RSA512((RSAPublicKey) KEY.pair().getPublic(), (RSAPrivateKey)
                    KEY.pair().getPrivate());
            assertThat(bearer(identity, provider.token("alice").sign(rs512))).isInstanceOf(Login.Granted.class);
        }
    }

    @Test
    void aKeySetWithoutAKeyReplacesNone() {
        try (Identity identity = open(provider, oidc())) {
            bearer(identity, sign(provider.token("alice")));
            provider.publish();
            provider.time.pass(Duration.ofMinutes(10));
            bearer(identity, newToken("eve"));
            assertThat(bearer(identity, sign(provider.token("alice")))).isInstanceOf(Login.Granted.class);
        }
    }

    @Test
    void aDiscoveryDocumentOfAnotherIssuerOrWithoutTlsIsNotBelieved() {
        provider.says("jwks_uri", "http://idp.example.com/certs");
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.NO_ANSWER);
        }
        provider.says("jwks_uri", "https://idp.example.com/certs");
        provider.says("issuer", "https://evil.example.com");
        try (Identity identity = open(provider, oidc())) {
            assertThat(bearer(identity, sign(provider.token("alice")))).isEqualTo(Refusals.NO_ANSWER);
        }
        assertThat(provider.asked("/certs")).isZero();
    }

    private java.time.Instant in(Duration time) {
        return provider.time.instant().plus(time);
    }

    private String longLived(String user) {
        return sign(provider.token(user).withExpiresAt(in(Duration.ofDays(1))));
    }

    private String newToken(String user) {
        return provider.token(user).withKeyId(NEXT_KEY.id()).sign(NEXT_KEY.rs256());
    }
}
