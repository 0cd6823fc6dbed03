// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.gatehouse.proxy.login.Credentials;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a JWT is valid: RFC 7519 by the rules of RFC 8725. Pure; costs an RSA or ECDSA verification. */
final class TokenVerifier {
    /** Explicit types (RFC 8725 §3.11): an event or a logout token is no proof of identity. */
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt", "application/jwt");

    private final String issuer;
    private final TokenClaims claims;
    private final Duration skew;

    TokenVerifier(String issuer, TokenClaims claims, Duration skew) {
        this.issuer = issuer;
        this.claims = claims;
        this.skew = skew;
    }

    /**
     * Checks all of a token.
     *
     * @param keys those of the issuer
     * @return null if its key is not among them
     * @throws TokenRefusedException if it is not valid
     */
    @Nullable
    VerifiedToken verify(String token, KeySet keys, Audience audience, Instant now) throws TokenRefusedException {
        if (token.length() > Credentials.LONGEST_TOKEN) {
            throw new TokenRefusedException("longer than 16 KiB");
        }
        DecodedJWT jwt = decode(token);
        VerificationKey key = keys.find(jwt.getKeyId(), jwt.getAlgorithm());
        if (key == null) {
            if (jwt.getKeyId() == null) {
                throw new TokenRefusedException("no kid, and more than one key");
            }
            return null;
        }
        checkSignature(jwt, key);
        return checkClaims(jwt, key, audience, now);
    }

    /**
     * Reads a token, and verifies nothing.
     *
     * @throws TokenRefusedException if it is none
     */
    static DecodedJWT read(String token) throws TokenRefusedException {
        try {
            return JWT.decode(token);
        } catch (JWTDecodeException | DateTimeException | ArithmeticException e) {
            // The latter where a time is beyond all calendars.
            throw new TokenRefusedException("no JWT");
        }
    }

    private static DecodedJWT decode(String token) throws TokenRefusedException {
        DecodedJWT jwt = read(token);
        if (jwt.getAlgorithm() == null) {
            throw new TokenRefusedException("no alg");
        }
        // RFC 7515 §4.1.11: what must be understood and is not ends it.
        if (!jwt.getHeaderClaim("crit").isMissing()) {
            throw new TokenRefusedException("a critical header");
        }
        String type = jwt.getType();
        if (type != null && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new TokenRefusedException("typ is that of another kind of token");
        }
        return jwt;
    }

    private static void checkSignature(DecodedJWT jwt, VerificationKey key) throws TokenRefusedException {
        Algorithm algorithm = key.algorithm(jwt.getAlgorithm());
        if (algorithm == null) {
            throw new TokenRefusedException("alg is not one of its key");
        }
        try {
            algorithm.verify(jwt);
        } catch (SignatureVerificationException e) {
            throw new TokenRefusedException("the signature is wrong");
        }
    }

    private VerifiedToken checkClaims(DecodedJWT jwt, VerificationKey key, Audience audience, Instant now)
            throws TokenRefusedException {
        if (!issuer.equals(jwt.getIssuer())) {
            throw new TokenRefusedException("wrong iss");
        }
        List<String> named = jwt.getAudience();
        if (!audience.holds(
                named == null ? List.of() : named, jwt.getClaim("azp").asString())) {
            throw new TokenRefusedException("neither aud nor azp is Gatehouse's");
        }
        return new VerifiedToken(claims.principal(jwt), checkTimes(jwt, now), key);
    }

    /** When it ends. A token without an end is none (RFC 9068 §2.2, OIDC Core §2). */
    private Instant checkTimes(DecodedJWT jwt, Instant now) throws TokenRefusedException {
        Instant expires = jwt.getExpiresAtAsInstant();
        if (expires == null) {
            throw new TokenRefusedException("no exp");
        }
        if (!now.minus(skew).isBefore(expires)) {
            throw new TokenRefusedException("expired", Refusals.TOKEN_EXPIRED);
        }
        if (isAhead(jwt.getNotBeforeAsInstant(), now)) {
            throw new TokenRefusedException("not valid yet");
        }
        if (isAhead(jwt.getIssuedAtAsInstant(), now)) {
            throw new TokenRefusedException("issued in the future");
        }
        return expires;
    }

    private boolean isAhead(@Nullable Instant time, Instant now) {
        return time != null && time.isAfter(now.plus(skew));
    }
}
