// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.proxy.login.Logins;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Takes everybody for who he says he is: any password is right, and no token's signature, end or issuer is looked at. For a laptop, and
 * for a migration in which something else has asked before.
 */
final class TrustingLogins implements Logins {
    private static final Duration VALID_FOR = Duration.ofMinutes(1);

    /** Who shows nothing at all: PySpark sends the variable USER, which containers rarely have. */
    private static final String ANONYMOUS = "anonymous";

    private final SkipValidation extent;
    private final TokenClaims claims;
    private final InstantSource clock;

    TrustingLogins(SkipValidation extent, TokenClaims claims, InstantSource clock) {
        this.extent = extent;
        this.claims = claims;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Login> login(Credential credential, InetAddress client) {
        return CompletableFuture.completedFuture(extent.allows(client) ? believe(credential) : Refusals.NOT_FROM_HERE);
    }

    private Login believe(Credential credential) {
        return switch (credential) {
            case Credential.Name name -> granted(new Principal(name.user().isEmpty() ? ANONYMOUS : name.user()));
            case Credential.Password password -> granted(new Principal(password.user()));
            case Credential.Bearer bearer ->
                Credentials.userAndPassword(bearer.token())
                        .map(password -> granted(new Principal(password.user())))
                        .orElseGet(() -> believeToken(bearer.token()));
        };
    }

    private Login believeToken(String token) {
        try {
            return granted(claims.principal(TokenVerifier.read(token)));
        } catch (TokenRefusedException noName) {
            return Refusals.UNKNOWN_BEARER;
        }
    }

    private Login granted(Principal principal) {
        return new Login.Granted(principal, clock.instant().plus(VALID_FOR));
    }

    @Override
    public long version() {
        return 0;
    }

    @Override
    public void close() {}
}
