// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.FakeProvider.ISSUER;
import static io.gatehouse.identity.FakeProvider.sign;
import static io.gatehouse.identity.LoginsKit.bearer;
import static io.gatehouse.identity.LoginsKit.granted;
import static io.gatehouse.identity.LoginsKit.oidcOf;
import static io.gatehouse.identity.LoginsKit.open;
import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWTCreator;
import io.gatehouse.proxy.login.Login;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenClaimsTest {
    private final FakeProvider provider = new FakeProvider();

    /** Defect 22 of the old program: names that are no label of Kubernetes. */
    @ParameterizedTest
    @ValueSource(strings = {"alice@example.com", "CORP\\alice", "Alice B. Cooper", "Алиса", "李"})
    void aUserMayHaveAnyName(String name) {
        assertThat(granted(login("preferred_username", "groups", provider.token(name)))
                        .name())
                .isEqualTo(name);
    }

    @Test
    void anotherClaimMaySayWhoItIs() {
        assertThat(granted(login("sub", "groups", provider.token("alice").withSubject("4711")))
                        .name())
                .isEqualTo("4711");
        assertThat(granted(login("preferred_username", "groups", provider.token("x".repeat(256))))
                        .name())
                .hasSize(256);
        assertThat(login("preferred_username", "groups", provider.token("x".repeat(257))))
                .isEqualTo(Refusals.TOKEN_REFUSED);
        assertThat(login("upn", "groups", provider.token("alice"))).isEqualTo(Refusals.TOKEN_REFUSED);
    }

    @Test
    void anAddressThatIsNotVerifiedIsNobodysName() {
        JWTCreator.Builder token = provider.token("eve").withClaim("email", "alice@example.com");
        assertThat(granted(login("email", "groups", token)).name()).isEqualTo("alice@example.com");
        assertThat(login("email", "groups", token.withClaim("email_verified", false)))
                .isEqualTo(Refusals.TOKEN_REFUSED);
        assertThat(login("email", "groups", token.withClaim("email_verified", true)))
                .isInstanceOf(Login.Granted.class);
    }

    @Test
    void groupsAreAListOrOne() {
        assertGroups("roles", provider.token("alice").withClaim("roles", List.of("a", "b")), "a", "b");
        assertGroups("roles", provider.token("alice").withClaim("roles", "a b"), "a b");
        assertGroups("roles", provider.token("alice").withClaim("roles", 7));
        assertGroups("roles", provider.token("alice"));
    }

    @Test
    void groupsMayBeDeepInside() {
        assertGroups(
                "realm_access.roles",
                provider.token("alice").withClaim("realm_access", Map.of("roles", List.of("admin"))),
                "admin");
        assertGroups("realm_access.roles", provider.token("alice").withClaim("realm_access", "x"));
        // A claim whose own name has dots is that one.
        assertGroups(
                "https://example.com/groups",
                provider.token("alice").withClaim("https://example.com/groups", List.of("a")),
                "a");
    }

    private void assertGroups(String claim, JWTCreator.Builder token, String... groups) {
        assertThat(granted(login("preferred_username", claim, token)).groups()).containsExactlyInAnyOrder(groups);
    }

    private Login login(String user, String groups, JWTCreator.Builder token) {
        try (Identity identity = open(provider, oidcOf(ISSUER, Set.of(), user, groups))) {
            return bearer(identity, sign(token));
        }
    }
}
