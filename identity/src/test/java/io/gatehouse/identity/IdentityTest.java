// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.FakeProvider.sign;
import static io.gatehouse.identity.LoginsKit.CLIENT;
import static io.gatehouse.identity.LoginsKit.address;
import static io.gatehouse.identity.LoginsKit.bearer;
import static io.gatehouse.identity.LoginsKit.granted;
import static io.gatehouse.identity.LoginsKit.oidc;
import static io.gatehouse.identity.LoginsKit.open;
import static io.gatehouse.identity.LoginsKit.password;
import static io.gatehouse.identity.LoginsKit.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.auth0.jwt.algorithms.Algorithm;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** All that can be logged in with, together. */
class IdentityTest {
    private static final HashPassword HASHING = new HashPassword(new SecureRandom(), 4);

    private final FakeProvider provider = new FakeProvider();
    private final NewApiKey key = NewApiKey.make(new SecureRandom(), "etl", List.of("jobs"));

    IdentityTest() {
        provider.knowsPasswords();
    }

    @Test
    void eachFormOfACredentialFindsItsJudge() {
        try (Identity identity = open(provider, new IdentitySettings(oidc(), users("file-pw"), key.line(), null))) {
            assertThat(granted(bearer(identity, key.key()))).isEqualTo(new Principal("etl", Set.of("jobs")));
            assertThat(granted(bearer(identity, sign(provider.token("dora")))).name())
                    .isEqualTo("dora");
            assertThat(granted(password(identity, "alice", "file-pw")).groups()).containsExactly("admins");
            assertThat(granted(bearer(identity, base64("alice:file-pw"))).groups())
                    .containsExactly("admins");
            assertThat(provider.asked("/token")).isZero();
            assertThat(granted(password(identity, "bob", "bob-pw")).name()).isEqualTo("bob");
            // The file knows alice, so that the provider is not asked.
            assertThat(password(identity, "alice", "alice-pw")).isEqualTo(Refusals.WRONG_PASSWORD);
            assertThat(provider.asked("/token")).isEqualTo(1);
            assertThat(bearer(identity, key.key() + "x")).isEqualTo(Refusals.UNKNOWN_BEARER);
            assertThat(bearer(identity, "ghk_" + "A".repeat(43))).isEqualTo(Refusals.UNKNOWN_BEARER);
            assertThat(result(identity.login(new Credential.Name("alice"), address("127.0.0.1"))))
                    .isEqualTo(Refusals.NAME_ONLY);
        }
    }

    @Test
    void whatIsNotConfiguredIsRefused() {
        try (Identity keysOnly = open(provider, new IdentitySettings(null, null, key.line(), null))) {
            assertThat(granted(bearer(keysOnly, key.key())).name()).isEqualTo("etl");
            assertThat(password(keysOnly, "alice", "x")).isEqualTo(Refusals.NO_PASSWORDS);
            assertThat(bearer(keysOnly, sign(provider.token("alice")))).isEqualTo(Refusals.NO_TOKENS);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new IdentitySettings(null, null, null, null));
        assertThat(provider.requests).isEmpty();
    }

    @Test
    void aReloadTakesTheNewUsersAtOnce() throws Exception {
        try (Identity identity = open(provider, new IdentitySettings(null, users("old"), key.line(), null))) {
            assertThat(password(identity, "alice", "old")).isInstanceOf(Login.Granted.class);
            long before = identity.version();
            // When
            identity.reload(users("new"), null);
            // Then
            assertThat(identity.version()).isNotEqualTo(before);
            assertThat(password(identity, "alice", "old")).isEqualTo(Refusals.WRONG_PASSWORD);
            assertThat(password(identity, "alice", "new")).isInstanceOf(Login.Granted.class);
            assertThat(bearer(identity, key.key())).isEqualTo(Refusals.UNKNOWN_BEARER);
        }
    }

    @Test
    void aReloadThatFailsChangesNothing() {
        try (Identity identity = open(provider, new IdentitySettings(null, users("pw"), key.line(), null))) {
            long before = identity.version();
            assertThatExceptionOfType(IdentityFileException.class)
                    .isThrownBy(() -> identity.reload(users("other"), "etl:nohash"))
                    .withMessage("line 1: not a SHA-256 of 64 hexadecimal digits");
            assertThat(identity.version()).isEqualTo(before);
            assertThat(password(identity, "alice", "pw")).isInstanceOf(Login.Granted.class);
            assertThat(bearer(identity, key.key())).isInstanceOf(Login.Granted.class);
        }
    }

    @Test
    void theThrottleOutlivesAReload() throws Exception {
        try (Identity identity = open(provider, new IdentitySettings(null, users("pw"), null, null))) {
            for (int i = 0; i < 10; i++) {
                password(identity, "alice", "wrong-" + i);
            }
            identity.reload(users("pw"), null);
            assertThat(password(identity, "alice", "pw")).isInstanceOf(Login.Throttled.class);
        }
    }

    @Test
    void thePasswordIsClearedWhateverComesOfIt() {
        try (Identity identity = open(provider, new IdentitySettings(oidc(), users("file-pw"), null, null))) {
            for (String user : List.of("alice", "bob")) {
                for (String text : List.of("file-pw", "bob-pw", "wrong")) {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    result(identity.login(new Credential.Password(user, bytes), CLIENT));
                    assertThat(bytes).containsOnly(0);
                }
            }
        }
    }

    @Test
    void moreHashingThanTheMachineHasTimeForIsTurnedAway() {
        String slow = new HashPassword(new SecureRandom(), 11)
                .line("alice", "pw".getBytes(StandardCharsets.UTF_8), List.of());
        try (Identity identity = open(provider, new IdentitySettings(null, slow, null, null))) {
            List<CompletionStage<Login>> logins = new ArrayList<>();
            int many = 40 * Runtime.getRuntime().availableProcessors();
            for (int i = 0; i < many; i++) {
                logins.add(identity.login(new Credential.Password("user-" + i, new byte[] {'x'}), CLIENT));
            }
            // Those that were turned away are answered at once.
            assertThat(logins.stream()
                            .filter(login -> login.toCompletableFuture().isDone())
                            .count())
                    .isGreaterThan(many / 2);
            assertThat(logins.stream().map(LoginsKit::result))
                    .contains(new Login.Throttled(Duration.ofSeconds(1)), Refusals.WRONG_PASSWORD)
                    .allMatch(login -> !(login instanceof Login.Granted));
        }
    }

    @Test
    void afterItsEndNobodyIsLetIn() {
        Identity identity = open(provider, new IdentitySettings(oidc(), users("pw"), key.line(), null));
        String token = sign(provider.token("alice"));
        assertThat(bearer(identity, token)).isInstanceOf(Login.Granted.class);
        // When
        identity.close();
        // Then
        assertThat(bearer(identity, token)).isEqualTo(Refusals.CLOSED);
        assertThat(bearer(identity, key.key())).isEqualTo(Refusals.CLOSED);
        assertThat(password(identity, "alice", "pw")).isEqualTo(Refusals.CLOSED);
    }

    @Test
    void aFaultInsideIsNobodysLogin() {
        try (Identity identity = open(provider, faulty("secret store"))) {
            assertThat(password(identity, "alice", "x")).isEqualTo(Refusals.FAILED);
        }
    }

    /** Whose secret cannot be had. */
    private static OidcSettings faulty(String message) {
        Supplier<String> secret = () -> {
            throw new IllegalStateException(message);
        };
        OidcSettings good = oidc();
        return new OidcSettings(
                good.issuer(),
                good.clientId(),
                secret,
                true,
                good.scopes(),
                good.audiences(),
                good.userClaim(),
                good.groupsClaim(),
                good.clockSkew(),
                null);
    }

    @Test
    void noSecretIsInTheLogOrInWhatIsPrinted() {
        Logger root = (Logger) LoggerFactory.getLogger("io.gatehouse.identity");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        root.addAppender(log);
        IdentitySettings settings = new IdentitySettings(
                LoginsKit.oidcOf(FakeProvider.ISSUER, Set.of(), "preferred_username", "groups"),
                users("hunter2-file"),
                key.line(),
                null);
        try (Identity identity = open(provider, settings)) {
            provider.exchanges(
                    form -> FakeProvider.answer(400, "{\"error\":\"hunter2-" + form.get("password") + "\"}"));
            password(identity, "bob", "hunter2-a");
            provider.exchanges(form -> FakeProvider.answer(200, "{\"id_token\":\"hunter2.x.y\"}"));
            password(identity, "bob", "hunter2-b");
            provider.exchanges(form -> {
                throw new IllegalStateException("hunter2-c");
            });
            password(identity, "bob", "hunter2-c");
            bearer(identity, provider.token("hunter2-d").sign(Algorithm.none()));
            bearer(identity, "hunter2-e");
            password(identity, "alice", "hunter2-f");
            provider.goesDown();
            password(identity, "bob", "hunter2-g");
            provider.comesBack();
            try (Identity faulty = open(provider, faulty("hunter2-h"))) {
                assertThat(password(faulty, "bob", "hunter2-i")).isEqualTo(Refusals.FAILED);
            }
        } finally {
            root.detachAppender(log);
            root.setLevel(before);
        }
        assertThat(log.list).extracting(ILoggingEvent::getLevel).contains(Level.ERROR, Level.WARN, Level.DEBUG);
        assertThat(log.list)
                .allSatisfy(event -> assertThat(event.getFormattedMessage()
                                + event.getKeyValuePairs()
                                + (event.getThrowableProxy() == null
                                        ? ""
                                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                        .doesNotContain("hunter2", "s3cret"));
        assertThat(settings.toString()).doesNotContain("hunter2", "s3cret", "$2");
        assertThat(key.toString()).doesNotContain(key.key());
        assertThat(new HttpFetcher.Request(FakeProvider.ISSUER, "s3cret", new byte[1]).toString())
                .doesNotContain("s3cret");
    }

    private static String users(String password) {
        return HASHING.line("alice", password.getBytes(StandardCharsets.UTF_8), List.of("admins"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
