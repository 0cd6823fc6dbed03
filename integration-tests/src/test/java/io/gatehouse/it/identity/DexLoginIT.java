// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.identity.Identity;
import io.gatehouse.identity.IdentitySettings;
import io.gatehouse.identity.OidcSettings;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.Login;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins at a real OpenID Connect server: dex. */
class DexLoginIT {
    private static final Principal ALICE = new Principal("alice", Set.of("analysts", "admins"));

    /** How far the monotonic clock is ahead, so that nobody waits for half a minute. */
    private final AtomicLong ahead = new AtomicLong();

    private Dex dex;

    @BeforeEach
    void prepare(@TempDir Path folder) throws Exception {
        dex = new Dex(folder);
    }

    @AfterEach
    void close() {
        dex.close();
    }

    @Test
    void aRightPasswordSaysWhoItIsAndInWhichGroups() throws Exception {
        dex.start();
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            assertThat(principal(password(identity, "alice", "alice-pw"))).isEqualTo(ALICE);
            assertThat(principal(password(identity, "bob", "bob-pw"))).isEqualTo(new Principal("bob"));
            // As PySpark's ;token= brings it
            String encoded = Base64.getEncoder()
                    .withoutPadding()
                    .encodeToString("alice@example.com:alice-pw".getBytes(StandardCharsets.UTF_8));
            assertThat(principal(login(identity, Credentials.authorization("Bearer " + encoded))))
                    .isEqualTo(ALICE);
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreRefusedAlikeAndTheEleventhTimeMustWait() throws Exception {
        dex.start();
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            Login wrong = password(identity, "alice", "bob-pw");
            assertThat(wrong).isInstanceOf(Login.Refused.class).isEqualTo(password(identity, "nobody", "x"));
            for (int i = 0; i < 9; i++) {
                assertThat(password(identity, "alice", "wrong-" + i)).isEqualTo(wrong);
            }
            assertThat(password(identity, "alice", "alice-pw"))
                    .isInstanceOfSatisfying(
                            Login.Throttled.class,
                            throttled -> assertThat(throttled.retryAfter())
                                    .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1)));
            assertThat(principal(password(identity, "bob", "bob-pw")).name()).isEqualTo("bob");
        }
    }

    @Test
    void aTokenIsGoodForTheApplicationItWasIssuedFor() throws Exception {
        dex.start();
        String own = dex.idToken(Dex.CLIENT, "alice");
        String others = dex.idToken(Dex.OTHER_CLIENT, "alice");
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            assertThat(principal(login(identity, new Credential.Bearer(own)))).isEqualTo(ALICE);
            assertThat(login(identity, new Credential.Bearer(others))).isInstanceOf(Login.Refused.class);
            String changed = own.substring(0, own.length() - 6) + "AAAAAA";
            assertThat(login(identity, new Credential.Bearer(changed))).isInstanceOf(Login.Refused.class);
        }
        try (Identity identity = open(settings(Dex.SECRET, Set.of(Dex.OTHER_CLIENT)))) {
            assertThat(principal(login(identity, new Credential.Bearer(others))))
                    .isEqualTo(ALICE);
            assertThat(login(identity, new Credential.Bearer(own))).isInstanceOf(Login.Refused.class);
            // What Gatehouse asks for itself is for Gatehouse.
            assertThat(principal(password(identity, "alice", "alice-pw"))).isEqualTo(ALICE);
        }
    }

    @Test
    void aSecretThatDexRefusesIsNotTheUsersFault() throws Exception {
        dex.start();
        try (Identity identity = open(settings("wrong", Set.of()))) {
            for (int i = 0; i < 12; i++) {
                assertThat(password(identity, "alice", "alice-pw")).isInstanceOf(Login.Unavailable.class);
            }
        }
    }

    @Test
    void throughAnOutageKnownKeysServeAndAfterARestartTheNewOnes() throws Exception {
        dex.start();
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            // Given
            String shown = dex.idToken(Dex.CLIENT, "alice");
            String notShown = dex.idToken(Dex.CLIENT, "bob");
            login(identity, new Credential.Bearer(shown));
            password(identity, "alice", "alice-pw");

            // When
            dex.kill();

            // Then
            assertThat(principal(login(identity, new Credential.Bearer(shown)))).isEqualTo(ALICE);
            assertThat(principal(login(identity, new Credential.Bearer(notShown)))
                            .name())
                    .isEqualTo("bob");
            assertThat(principal(password(identity, "alice", "alice-pw"))).isEqualTo(ALICE);
            assertThat(password(identity, "bob", "bob-pw")).isInstanceOf(Login.Unavailable.class);

            // When: it comes back, with other keys
            dex.start();
            ahead.addAndGet(Duration.ofSeconds(31).toNanos());

            // Then
            assertThat(principal(password(identity, "bob", "bob-pw")).name()).isEqualTo("bob");
            assertThat(principal(login(identity, new Credential.Bearer(dex.idToken(Dex.CLIENT, "alice")))))
                    .isEqualTo(ALICE);
            // Dex has withdrawn the key of this one.
            assertThat(login(identity, new Credential.Bearer(shown))).isInstanceOf(Login.Refused.class);
        }
    }

    @Test
    void gatehouseMayBeThereFirst() throws Exception {
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            assertThat(password(identity, "alice", "alice-pw")).isInstanceOf(Login.Unavailable.class);
            // When
            dex.start();
            ahead.addAndGet(Duration.ofSeconds(6).toNanos());
            // Then
            assertThat(principal(password(identity, "alice", "alice-pw"))).isEqualTo(ALICE);
        }
    }

    @Test
    void fiftyAtOnceWithOnePasswordAreOneLogin() throws Exception {
        dex.start();
        try (Identity identity = open(settings(Dex.SECRET, Set.of()))) {
            List<CompletionStage<Login>> logins = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                logins.add(identity.login(
                        Credentials.password("alice@example.com", "alice-pw"), InetAddress.getLoopbackAddress()));
            }
            for (CompletionStage<Login> login : logins) {
                assertThat(principal(result(login))).isEqualTo(ALICE);
            }
            assertThat(dex.tokenRequests()).isEqualTo(1);
        }
    }

    private OidcSettings settings(String secret, Set<String> audiences) {
        return new OidcSettings(
                dex.issuer(),
                Dex.CLIENT,
                () -> secret,
                true,
                List.of("openid", "profile", "groups"),
                audiences,
                OidcSettings.DEFAULT_USER_CLAIM,
                OidcSettings.DEFAULT_GROUPS_CLAIM,
                OidcSettings.DEFAULT_CLOCK_SKEW,
                null);
    }

    private Identity open(OidcSettings settings) throws Exception {
        return Identity.open(
                new IdentitySettings(settings, null, null, null),
                InstantSource.system(),
                () -> System.nanoTime() + ahead.get());
    }

    private static Login password(Identity identity, String name, String password) throws Exception {
        return login(identity, Credentials.password(name + "@example.com", password));
    }

    private static Login login(Identity identity, Credential credential) throws Exception {
        return result(identity.login(credential, InetAddress.getLoopbackAddress()));
    }

    private static Login result(CompletionStage<Login> login) throws Exception {
        return login.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static Principal principal(Login login) {
        assertThat(login).isInstanceOf(Login.Granted.class);
        return ((Login.Granted) login).principal();
    }
}
