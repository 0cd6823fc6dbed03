// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.auth0.jwt.algorithms.Algorithm;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A public key of the identity provider.
 *
 * @param id its {@code kid}, if it has one
 * @param algorithms those it may be used with, by its own type (RFC 8725 §3.1): a token only chooses among them, so that an RSA key is never
 *     taken for the secret of an HMAC
 */
record VerificationKey(@Nullable String id, PublicKey key, Set<String> algorithms) {
    /** What checks signatures of an algorithm; null where the key is not for it. */
    @Nullable
    Algorithm algorithm(String name) {
        if (!algorithms.contains(name)) {
            return null;
        }
        return switch (name) {
            case "RS256" -> Algorithm.RSA256((RSAPublicKey) key, null);
            case "RS384" -> Algorithm.RSA384((RSAPublicKey) key, null);
            case "RS512" -> Algorithm.RSA512((RSAPublicKey) key, null);
            case "ES256" -> Algorithm.ECDSA256((ECPublicKey) key, null);
            case "ES384" -> Algorithm.ECDSA384((ECPublicKey) key, null);
            default -> null;
        };
    }
}
