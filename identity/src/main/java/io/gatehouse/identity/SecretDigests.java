// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names secrets without keeping them: HMAC-SHA256 with a key that this process has made up. A heap dump then shows which credentials
 * were alike, but not what they were, and not even a guess can be tried without the key.
 */
final class SecretDigests {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    SecretDigests(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, ALGORITHM);
        Arrays.fill(bytes, (byte) 0);
    }

    /** Of a token. */
    Digest of(String token) {
        return new Digest(mac().doFinal(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of a user and its password. No name holds a NUL, so that the two cannot be cut in two ways. */
    Digest of(String user, byte[] password) {
        Mac mac = mac();
        mac.update(user.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return new Digest(mac.doFinal(password));
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has " + ALGORITHM, e);
        }
    }
}
