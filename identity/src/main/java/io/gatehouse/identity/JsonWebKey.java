// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one JSON Web Key (RFC 7517, RFC 7518 §6). */
final class JsonWebKey {
    private static final Set<String> RSA_ALGORITHMS = Set.of("RS256", "RS384", "RS512");
    /** RFC 7518 §3.3 asks for 2,048 at least; beyond 8,192 a signature costs too much. */
    private static final int FEWEST_RSA_BITS = 2048;

    private static final int MOST_RSA_BITS = 8192;

    private JsonWebKey() {}

    /**
     * A key for signatures.
     *
     * @return empty if it is for something else, or of a kind that is not known here
     * @throws IllegalArgumentException if it is broken or weak
     */
    static Optional<VerificationKey> read(JsonNode jwk) {
        if (!isForSignatures(jwk)) {
            return Optional.empty();
        }
        try {
            return switch (jwk.path("kty").asText()) {
                case "RSA" -> key(jwk, rsa(jwk), RSA_ALGORITHMS);
                case "EC" ->
                    switch (jwk.path("crv").asText()) {
                        case "P-256" -> key(jwk, ec(jwk, "secp256r1"), Set.of("ES256"));
                        case "P-384" -> key(jwk, ec(jwk, "secp384r1"), Set.of("ES384"));
                        default -> Optional.empty();
                    };
                default -> Optional.empty();
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("broken key", e);
        }
    }

    private static boolean isForSignatures(JsonNode jwk) {
        if (jwk.has("use") && !jwk.path("use").asText().equals("sig")) {
            return false;
        }
        if (!jwk.has("key_ops")) {
            return true;
        }
        for (JsonNode operation : jwk.path("key_ops")) {
            if (operation.asText().equals("verify")) {
                return true;
            }
        }
        return false;
    }

    /** A key that names its algorithm is for no other. */
    private static Optional<VerificationKey> key(JsonNode jwk, PublicKey key, Set<String> algorithms) {
        String named = text(jwk, "alg");
        if (named != null && !algorithms.contains(named)) {
            return Optional.empty();
        }
        return Optional.of(new VerificationKey(text(jwk, "kid"), key, named == null ? algorithms : Set.of(named)));
    }

    private static PublicKey rsa(JsonNode jwk) throws GeneralSecurityException {
        BigInteger modulus = number(jwk, "n");
        if (modulus.bitLength() < FEWEST_RSA_BITS || modulus.bitLength() > MOST_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key of " + modulus.bitLength() + " bits");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, number(jwk, "e")));
    }

    private static PublicKey ec(JsonNode jwk, String curve) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(number(jwk, "x"), number(jwk, "y")),
                        parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger number(JsonNode jwk, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(jwk.path(name).asText()));
    }

    private static @Nullable String text(JsonNode jwk, String name) {
        return jwk.path(name).textValue();
    }
}
