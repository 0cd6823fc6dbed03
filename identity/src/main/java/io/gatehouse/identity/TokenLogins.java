// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.Login;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Logins by JWTs. A token that was found valid costs a look into a map until it ends, or its key is withdrawn. */
final class TokenLogins {
    /** So soon callers come back, who would otherwise not learn that a key was withdrawn. */
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMinutes(5);

    private static final int MOST_TOKENS = 16_384;

    private final TokenChecks checks;
    private final OidcProvider provider;
    private final Audience audience;
    private final SecretDigests digests;
    private final InstantSource clock;
    private final Cache<Digest, VerifiedToken> verified = Caffeine.newBuilder()
            .maximumSize(MOST_TOKENS)
            .executor(Runnable::run)
            .build();

    TokenLogins(
            TokenChecks checks, OidcProvider provider, Audience audience, SecretDigests digests, InstantSource clock) {
        this.checks = checks;
        this.provider = provider;
        this.audience = audience;
        this.digests = digests;
        this.clock = clock;
    }

    CompletionStage<Login> login(String token) {
        if (token.length() > Credentials.LONGEST_TOKEN) {
            return CompletableFuture.completedStage(Refusals.TOKEN_REFUSED);
        }
        Digest digest = digests.of(token);
        VerifiedToken known = verified.getIfPresent(digest);
        return known == null
                ? verify(token, digest)
                : checks.after(provider.newestKeys(), TokenChecks.COME_AGAIN, () -> knownBefore(known, token, digest));
    }

    private CompletionStage<Login> knownBefore(VerifiedToken known, String token, Digest digest) {
        if (isStillGood(known)) {
            return CompletableFuture.completedStage(granted(known));
        }
        verified.invalidate(digest);
        return verify(token, digest);
    }

    private CompletionStage<Login> verify(String token, Digest digest) {
        return checks.check(token, audience).thenApply(checked -> switch (checked) {
            case TokenChecks.Checked.Valid valid -> {
                verified.put(digest, valid.token());
                yield granted(valid.token());
            }
            case TokenChecks.Checked.Failed failed -> failed.login();
        });
    }

    private boolean isStillGood(VerifiedToken token) {
        KeySet keys = provider.keys();
        return keys != null
                && keys.keys().contains(token.key())
                && clock.instant().isBefore(token.expires());
    }

    private Login granted(VerifiedToken token) {
        Instant again = clock.instant().plus(ASK_AGAIN_AFTER);
        return new Login.Granted(token.principal(), token.expires().isBefore(again) ? token.expires() : again);
    }
}
