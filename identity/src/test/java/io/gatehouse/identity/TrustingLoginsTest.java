// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.LoginsKit.address;
import static io.gatehouse.identity.LoginsKit.granted;
import static io.gatehouse.identity.LoginsKit.open;
import static io.gatehouse.identity.LoginsKit.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.algorithms.Algorithm;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrustingLoginsTest {
    private static final InetAddress HERE = address("127.0.0.1");
    private static final InetAddress ELSEWHERE = address("192.0.2.9");

    private final FakeProvider provider = new FakeProvider();

    @Test
    void everybodyIsWhoHeSaysHeIs() {
        try (Identity identity = trusting(SkipValidation.FROM_LOOPBACK_ONLY)) {
            assertThat(granted(result(identity.login(new Credential.Name("alice"), HERE))))
                    .isEqualTo(new Principal("alice"));
            assertThat(granted(result(identity.login(new Credential.Password("bob", new byte[] {1}), HERE))))
                    .isEqualTo(new Principal("bob"));
            assertThat(granted(result(identity.login(new Credential.Bearer("Y2Fyb2w6eA"), HERE))))
                    .isEqualTo(new Principal("carol"));
            assertThat(granted(result(identity.login(
                            new Credential.Bearer(provider.token("dora").sign(Algorithm.none())), HERE))))
                    .isEqualTo(new Principal("dora", Set.of("analysts")));
            assertThat(result(identity.login(
                            new Credential.Bearer(provider.token("dora")
                                    .withClaim("exp", Long.MAX_VALUE)
                                    .sign(Algorithm.none())),
                            HERE)))
                    .isInstanceOf(Login.Refused.class);
            assertThat(result(identity.login(new Credential.Bearer("ghk_x"), HERE)))
                    .isEqualTo(Refusals.UNKNOWN_BEARER);
        }
    }

    @Test
    void whoShowsNothingIsAnonymous() {
        try (Identity identity = trusting(SkipValidation.FROM_LOOPBACK_ONLY)) {
            assertThat(granted(result(identity.login(new Credential.Name(""), HERE))))
                    .isEqualTo(new Principal("anonymous"));
        }
    }

    /** Defect 2 of the old program: it was shipped so that any password was accepted, from anywhere. */
    @Test
    void fromElsewhereOnlyWhereThatWasSaidInSoManyWords() {
        try (Identity identity = trusting(SkipValidation.FROM_LOOPBACK_ONLY)) {
            assertThat(result(identity.login(new Credential.Name("alice"), ELSEWHERE)))
                    .isEqualTo(Refusals.NOT_FROM_HERE);
        }
        try (Identity identity = trusting(SkipValidation.FROM_ANYWHERE_WITHOUT_ANY_PROOF)) {
            assertThat(granted(result(identity.login(new Credential.Name("alice"), ELSEWHERE)))
                            .name())
                    .isEqualTo("alice");
        }
    }

    @Test
    void aDoorThatIsOpenToOthersMayNotSkipValidationByAccident() {
        assertThat(SkipValidation.FROM_LOOPBACK_ONLY.allowsListeningOn(HERE)).isTrue();
        assertThat(SkipValidation.FROM_LOOPBACK_ONLY.allowsListeningOn(address("::1")))
                .isTrue();
        assertThat(SkipValidation.FROM_LOOPBACK_ONLY.allowsListeningOn(address("0.0.0.0")))
                .isFalse();
        assertThat(SkipValidation.FROM_LOOPBACK_ONLY.allowsListeningOn(ELSEWHERE))
                .isFalse();
        assertThat(SkipValidation.FROM_ANYWHERE_WITHOUT_ANY_PROOF.allowsListeningOn(address("0.0.0.0")))
                .isTrue();
    }

    private Identity trusting(SkipValidation extent) {
        return open(provider, new IdentitySettings(null, null, null, extent));
    }
}
