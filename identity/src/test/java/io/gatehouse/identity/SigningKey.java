// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.auth0.jwt.algorithms.Algorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** A key that a provider of tests signs with. */
record SigningKey(String id, KeyPair pair) {
    static SigningKey rsa(String id, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new SigningKey(id, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static SigningKey ec(String id, String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return new SigningKey(id, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    Algorithm rs256() {
        return Algorithm.RSA256((RSAPublicKey) pair.getPublic(), (RSAPrivateKey) pair.getPrivate());
    }

    Algorithm es256() {
        return Algorithm.ECDSA256((ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
    }

    Algorithm es384() {
        return Algorithm.ECDSA384((ECPublicKey) pair.getPublic(), (ECPrivateKey) pair.getPrivate());
    }

    /** As the provider publishes it. */
    String jwk() {
        return jwk("sig");
    }

    String jwk(String use) {
        return switch (pair.getPublic()) {
            case RSAPublicKey rsa ->
                "{\"kty\":\"RSA\",\"use\":\"%s\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
                        .formatted(use, id, encode(rsa.getModulus(), 0), encode(rsa.getPublicExponent(), 0));
            case ECPublicKey ec -> {
                int bits = ec.getParams().getCurve().getField().getFieldSize();
                yield "{\"kty\":\"EC\",\"use\":\"%s\",\"kid\":\"%s\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\"}"
                        .formatted(
                                use,
                                id,
                                bits,
                                encode(ec.getW().getAffineX(), bits / 8),
                                encode(ec.getW().getAffineY(), bits / 8));
            }
            default -> throw new AssertionError(pair.getPublic().getAlgorithm());
        };
    }

    private static String encode(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        int skip = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
        byte[] padded = new byte[Math.max(length, bytes.length - skip)];
        System.arraycopy(bytes, skip, padded, padded.length - (bytes.length - skip), bytes.length - skip);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(padded);
    }
}
