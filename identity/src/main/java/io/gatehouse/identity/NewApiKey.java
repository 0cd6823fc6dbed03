// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;

/**
 * An API key that has just been made, for a command that people call.
 *
 * @param key what its owner gets, and nobody keeps: {@code ghk_} and 256 random bits
 * @param line what goes into the file of keys
 */
public record NewApiKey(String key, String line) {
    /** By which people, and programs that look for lost secrets, see what it is. */
    private static final String PREFIX = "ghk_";

    /**
     * Makes one.
     *
     * @throws IllegalArgumentException if the name or a group's would not do
     */
    public static NewApiKey make(SecureRandom random, String name, Collection<String> groups) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new NewApiKey(
                key,
                FileLine.render(
                        name, HexFormat.of().formatHex(ApiKeys.digest(key).bytes()), groups));
    }

    @Override
    public String toString() {
        return "NewApiKey[…]";
    }
}
