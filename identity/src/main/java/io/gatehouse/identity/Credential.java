// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

/** What a client showed to say who it is. Made by {@link Credentials}; what it is worth is said by {@link Logins}. */
public sealed interface Credential {
    /**
     * A token by itself: a JWT, an API key, or {@code base64(user:password)} in any padding and alphabet, as PySpark sends it for
     * {@code sc://…/;token=}.
     */
    record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer[…]";
        }
    }

    /**
     * A user name and its password.
     *
     * @param password as UTF-8; {@link Logins#login} takes it over
     */
    record Password(String user, byte[] password) implements Credential {
        @Override
        public String toString() {
            return "Password[" + user + ", …]";
        }
    }

    /** A user name without any proof; good only where nothing is proved at all ({@link SkipValidation}). */
    record Name(String user) implements Credential {}
}
