// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

/** What a client shows to say who it is. None of them prints a secret. */
public sealed interface Credential {
    /**
     * A token: a JWT, an API key, or {@code base64(user:password)} as {@code token=} of a {@code sc://} URL may hold it.
     *
     * @param token as it came
     */
    record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer[…]";
        }
    }

    /**
     * A name and a password.
     *
     * @param password in UTF-8; whoever gets the credential owns the bytes, and overwrites them when it is done
     */
    record Password(String user, byte[] password) implements Credential {
        @Override
        public String toString() {
            return "Password[" + user + "]";
        }
    }

    /**
     * A name without any proof.
     *
     * @param user empty where nothing was shown at all
     */
    record Name(String user) implements Credential {}
}
