// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.identity.Identity;
import io.gatehouse.identity.IdentitySettings;
import io.gatehouse.identity.OidcSettings;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.Login;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins at a real Keycloak. What it does otherwise than dex: error codes, whom tokens are for, keys that sign nothing. */
@Tag("nightly")
class KeycloakLoginIT {
    private static final Principal ALICE = new Principal("alice", Set.of("spark-admins"));

    private static Keycloak keycloak;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        keycloak = new Keycloak(folder);
    }

    @AfterAll
    static void stop() {
        if (keycloak != null) {
            keycloak.close();
        }
    }

    @Test
    void aRightPasswordSaysWhoItIsAndInWhichGroups() throws Exception {
        try (Identity identity = open(Keycloak.SECRET, OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            assertThat(principal(password(identity, "alice", "alice-pw"))).isEqualTo(ALICE);
            assertThat(principal(password(identity, "bob", "bob-pw"))).isEqualTo(new Principal("bob"));
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreRefusedAlike() throws Exception {
        // Given: not 401, as dex has it
        assertThat(keycloak.grant(Keycloak.NOTEBOOKS, "alice", "wrong").statusCode())
                .isEqualTo(400);
        try (Identity identity = open(Keycloak.SECRET, OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            // When
            Login wrong = password(identity, "alice", "bob-pw");
            // Then
            assertThat(wrong).isInstanceOf(Login.Refused.class).isEqualTo(password(identity, "nobody", "x"));
        }
    }

    @Test
    void aSecretThatKeycloakRefusesIsNotTheUsersFault() throws Exception {
        try (Identity identity = open("wrong", OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            assertThat(password(identity, "alice", "alice-pw")).isInstanceOf(Login.Unavailable.class);
        }
    }

    @Test
    void aTokenCountsWhoeverAskedForItWhereItIsForGatehouse() throws Exception {
        try (Identity identity = open(Keycloak.SECRET, OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            assertThat(principal(bearer(identity, accessToken(Keycloak.NOTEBOOKS))))
                    .isEqualTo(ALICE);
            assertThat(bearer(identity, accessToken(Keycloak.DASHBOARDS))).isInstanceOf(Login.Refused.class);
        }
    }

    @Test
    void aRefreshTokenIsNoCredential() throws Exception {
        String token = keycloak.tokens(Keycloak.NOTEBOOKS, "alice")
                .required("refresh_token")
                .asText();
        try (Identity identity = open(Keycloak.SECRET, OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            assertThat(bearer(identity, token)).isInstanceOf(Login.Refused.class);
        }
    }

    @Test
    void rolesOfTheRealmMayBeTheGroups() throws Exception {
        try (Identity identity = open(Keycloak.SECRET, "realm_access.roles")) {
            assertThat(principal(bearer(identity, accessToken(Keycloak.NOTEBOOKS)))
                            .groups())
                    .contains("analyst");
        }
    }

    @Test
    void aKeyThatSignsNothingIsInNobodysWay() throws Exception {
        assertThat(keycloak.keys()).extracting(key -> key.path("use").asText()).containsExactlyInAnyOrder("sig", "enc");
        try (Identity identity = open(Keycloak.SECRET, OidcSettings.DEFAULT_GROUPS_CLAIM)) {
            assertThat(principal(bearer(identity, accessToken(Keycloak.NOTEBOOKS))))
                    .isEqualTo(ALICE);
        }
    }

    private static String accessToken(String client) throws Exception {
        JsonNode answer = keycloak.tokens(client, "alice");
        return answer.required("access_token").asText();
    }

    private static Identity open(String secret, String groupsClaim) throws Exception {
        OidcSettings settings = new OidcSettings(
                keycloak.issuer(),
                Keycloak.CLIENT,
                () -> secret,
                true,
                OidcSettings.DEFAULT_SCOPES,
                Set.of(),
                OidcSettings.DEFAULT_USER_CLAIM,
                groupsClaim,
                OidcSettings.DEFAULT_CLOCK_SKEW,
                null);
        return Identity.open(
                new IdentitySettings(settings, null, null, null), InstantSource.system(), System::nanoTime);
    }

    private static Login password(Identity identity, String name, String password) throws Exception {
        return login(identity, Credentials.password(name, password));
    }

    private static Login bearer(Identity identity, String token) throws Exception {
        return login(identity, new Credential.Bearer(token));
    }

    private static Login login(Identity identity, Credential credential) throws Exception {
        return identity.login(credential, InetAddress.getLoopbackAddress())
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static Principal principal(Login login) {
        assertThat(login).isInstanceOf(Login.Granted.class);
        return ((Login.Granted) login).principal();
    }
}
