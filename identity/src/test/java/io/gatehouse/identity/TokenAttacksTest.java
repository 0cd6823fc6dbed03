// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.FakeProvider.CLIENT;
import static io.gatehouse.identity.FakeProvider.ISSUER;
import static io.gatehouse.identity.FakeProvider.KEY;
import static io.gatehouse.identity.FakeProvider.NEXT_KEY;
import static io.gatehouse.identity.FakeProvider.sign;
import static io.gatehouse.identity.LoginsKit.bearer;
import static io.gatehouse.identity.LoginsKit.granted;
import static io.gatehouse.identity.LoginsKit.oidc;
import static io.gatehouse.identity.LoginsKit.oidcOf;
import static io.gatehouse.identity.LoginsKit.open;
import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Login;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of RFC 8725 and of our own rules for tokens; each of them is refused as if it were nothing, and a good one beside it is not. */
class TokenAttacksTest {
    private final FakeProvider provider = new FakeProvider();
    private final Identity identity = open(provider, oidc());

    @AfterEach
    void close() {
        // Whatever was refused has spoilt nothing.
        assertThat(granted(bearer(identity, sign(provider.token("alice").withJWTId("after")))))
                .isEqualTo(new Principal("alice", Set.of("analysts")));
        identity.close();
    }

    @Test
    void anUnsignedTokenIsRefused() {
        assertRefused(provider.token("alice").sign(Algorithm.none()));
        String good = sign(provider.token("alice"));
        assertRefused(good.substring(0, good.lastIndexOf('.') + 1));
        assertRefused(header("{\"alg\":\"None\",\"kid\":\"key-1\"}") + good.substring(good.indexOf('.')));
        assertRefused(header("{\"kid\":\"key-1\"}") + good.substring(good.indexOf('.')));
    }

    @Test
    void thePublicKeyIsNoSecret() {
        byte[] encoded = KEY.pair().getPublic().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END PUBLIC KEY-----\n";
        assertRefused(provider.token("alice").sign(Algorithm.HMAC256(encoded)));
        assertRefused(provider.token("alice").sign(Algorithm.HMAC256(pem.getBytes(StandardCharsets.US_ASCII))));
        assertRefused(provider.token("alice").sign(Algorithm.HMAC512(KEY.jwk())));
    }

    @Test
    void aTokenThatWasChangedIsRefused() {
        String[] parts = sign(provider.token("alice")).split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        assertRefused(parts[0] + "." + header(payload.replace("alice", "bobby")) + "." + parts[2]);
        assertRefused(provider.token("alice").sign(NEXT_KEY.rs256()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../dev/null",
                "key-1/../key-2",
                "/etc/passwd",
                "' OR '1'='1",
                "key-1' UNION SELECT 'key",
                "https://evil.example/jwks.json",
                "file:///etc/passwd",
                "KEY-1",
                "key-1 ",
                "",
                "key-1\u0000"
            })
    void aKidIsComparedAndNothingElse(String kid) {
        assertRefused(sign(provider.token("alice").withKeyId(kid)));
        // The provider was asked for its own keys only.
        assertThat(provider.requests)
                .allSatisfy(request -> assertThat(request.uri().getHost()).isEqualTo(ISSUER.getHost()));
    }

    @Test
    void aTokenWithoutAKidIsGoodOnlyWhereThereIsNoChoice() {
        String token = sign(provider.token("alice").withKeyId(null));
        assertThat(granted(bearer(identity, token)).name()).isEqualTo("alice");

        // Given
        provider.publish(KEY.jwk(), NEXT_KEY.jwk());
        provider.time.pass(Duration.ofMinutes(1));
        bearer(identity, sign(provider.token("alice").withKeyId("has keys fetched")));
        // When / Then
        assertRefused(sign(provider.token("bob").withKeyId(null)));
    }

    @Test
    void keysThatATokenBringsAlongAreNotLookedAt() {
        assertRefused(provider.token("alice")
                .withHeader(Map.of("jku", "https://evil.example/jwks.json"))
                .withKeyId("evil")
                .sign(NEXT_KEY.rs256()));
        assertRefused(provider.token("alice")
                .withHeader(Map.of("x5u", "https://evil.example/x.pem"))
                .sign(NEXT_KEY.rs256()));
        assertRefused(provider.token("alice")
                .withHeader(Map.of("jwk", Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "kid", "key-1")))
                .sign(NEXT_KEY.rs256()));
        assertThat(provider.requests)
                .allSatisfy(request -> assertThat(request.uri().getHost()).isEqualTo(ISSUER.getHost()));
        // Ignored, not forbidden
        assertThat(bearer(
                        identity,
                        sign(provider.token("alice").withHeader(Map.of("jku", "https://evil.example/jwks.json")))))
                .isInstanceOf(Login.Granted.class);
    }

    @Test
    void timesHoldToTheSecondOfTheSkew() {
        assertTimes(token -> token.withExpiresAt(at(-29)), token -> token.withExpiresAt(at(-30)));
        assertTimes(token -> token.withNotBefore(at(30)), token -> token.withNotBefore(at(31)));
        assertTimes(token -> token.withIssuedAt(at(30)), token -> token.withIssuedAt(at(31)));
        assertRefused(sign(provider.token("alice").withExpiresAt((Instant) null)));
        assertRefused(sign(provider.token("alice").withClaim("exp", "tomorrow")));
        assertRefused(sign(provider.token("alice").withClaim("exp", Long.MAX_VALUE)));
        assertRefused(sign(provider.token("alice").withClaim("nbf", Long.MIN_VALUE)));
        assertThat(bearer(identity, sign(provider.token("alice").withExpiresAt(at(-90)))))
                .isEqualTo(Refusals.TOKEN_EXPIRED);
    }

    private Instant at(int seconds) {
        return provider.time.instant().plusSeconds(seconds);
    }

    private void assertTimes(UnaryOperator<JWTCreator.Builder> good, UnaryOperator<JWTCreator.Builder> bad) {
        assertThat(bearer(identity, sign(good.apply(provider.token("alice"))))).isInstanceOf(Login.Granted.class);
        assertRefused(sign(bad.apply(provider.token("alice"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://idp.example.com/realms/spark/",
                "https://idp.example.com/realms/SPARK",
                "http://idp.example.com/realms/spark",
                "https://idp.example.com/realms/other",
                ""
            })
    void theIssuerIsTheSameToTheLastCharacter(String issuer) {
        assertRefused(sign(provider.token("alice").withIssuer(issuer)));
        assertRefused(sign(provider.token("alice").withIssuer((String) null)));
    }

    @Test
    void aTokenForAnotherApplicationIsRefused() {
        assertRefused(sign(provider.token("alice").withAudience("other")));
        assertRefused(sign(provider.token("alice").withAudience((String[]) null)));
        assertRefused(sign(provider.token("alice").withAudience("account").withClaim("azp", "other")));
        assertThat(bearer(
                        identity,
                        sign(provider.token("alice").withAudience("account").withClaim("azp", CLIENT))))
                .isInstanceOf(Login.Granted.class);
        assertThat(bearer(identity, sign(provider.token("alice").withAudience("account", CLIENT))))
                .isInstanceOf(Login.Granted.class);
    }

    @Test
    void configuredAudiencesAreTheOnlyOnes() {
        try (Identity other =
                open(provider, oidcOf(ISSUER, Set.of("spark-a", "spark-b"), "preferred_username", "groups"))) {
            assertThat(bearer(other, sign(provider.token("alice").withAudience("x", "spark-b"))))
                    .isInstanceOf(Login.Granted.class);
            assertThat(bearer(other, sign(provider.token("alice")))).isEqualTo(Refusals.TOKEN_REFUSED);
            assertThat(bearer(
                            other,
                            sign(provider.token("alice").withAudience("x").withClaim("azp", CLIENT))))
                    .isEqualTo(Refusals.TOKEN_REFUSED);
        }
    }

    @Test
    void anEllipticSignatureOfZerosIsRefused() {
        SigningKey ec = SigningKey.ec("ec", "secp256r1");
        SigningKey ec384 = SigningKey.ec("ec-384", "secp384r1");
        provider.publish(KEY.jwk(), ec.jwk(), ec384.jwk());
        provider.time.pass(Duration.ofMinutes(1));

        String good = provider.token("alice").withKeyId("ec").sign(ec.es256());
        assertThat(bearer(identity, good)).isInstanceOf(Login.Granted.class);
        assertThat(bearer(identity, provider.token("alice").withKeyId("ec-384").sign(ec384.es384())))
                .isInstanceOf(Login.Granted.class);
        String signed = provider.token("bob").withKeyId("ec").sign(ec.es256());
        String without = signed.substring(0, signed.lastIndexOf('.') + 1);
        assertRefused(without + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]));
        assertRefused(without);
        // Nor does a key serve another algorithm than its own.
        assertRefused(provider.token("alice").withKeyId("ec").sign(KEY.rs256()));
        assertRefused(provider.token("alice").withKeyId("key-1").sign(ec.es256()));
    }

    @Test
    void aTokenOfMoreThan16KiBIsRefused() {
        assertThat(bearer(identity, sign(provider.token("alice").withClaim("pad", "x".repeat(11_000)))))
                .isInstanceOf(Login.Granted.class);
        String token = sign(provider.token("alice").withClaim("pad", "x".repeat(12_500)));
        assertThat(token).hasSizeGreaterThan(16 * 1024);
        assertRefused(token);
    }

    @Test
    void aTokenThatIsNoProofOfIdentityIsRefused() {
        assertRefused(sign(provider.token("alice").withHeader(Map.of("typ", "logout+jwt"))));
        assertRefused(sign(provider.token("alice").withHeader(Map.of("crit", List.of("b64"), "b64", false))));
        assertThat(bearer(identity, sign(provider.token("alice").withHeader(Map.of("typ", "at+JWT")))))
                .isInstanceOf(Login.Granted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u0000"})
    void aTokenThatNamesNobodyIsRefused(String user) {
        assertRefused(sign(provider.token(user)));
        assertRefused(sign(provider.token("alice").withClaim("preferred_username", 7)));
        assertRefused(sign(provider.token("alice").withClaim("preferred_username", (String) null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b.c",
                "e30.e30.",
                "eyJhbGciOiJSUzI1NiJ9..",
                "eyJ9.x.y",
                "eyJhbGciOlsxXX0.e30.AA",
                "...",
                "..",
                "."
            })
    void whatIsNoTokenAtAllIsRefused(String text) {
        assertThat(bearer(identity, text)).isInstanceOf(Login.Refused.class);
    }

    private void assertRefused(String token) {
        assertThat(bearer(identity, token)).isInstanceOf(Login.Refused.class);
    }

    private static String header(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
