// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Collection;

/** Makes lines of a users file, for a command that people call. */
public final class HashPassword {
    /** About a quarter of a second on a machine of today. */
    public static final int DEFAULT_COST = 12;

    private static final int LONGEST = 72;

    private final BCrypt.Hasher hasher;
    private final int cost;

    /** @param cost 4 to 15; each step doubles the time of a guess, and of a login */
    public HashPassword(SecureRandom random, int cost) {
        if (cost < 4 || cost > 15) {
            throw new IllegalArgumentException("the cost is " + cost + ", but must be 4 to 15");
        }
        this.hasher = BCrypt.with(
                BCrypt.Version.VERSION_2Y, random, LongPasswordStrategies.strict(BCrypt.Version.VERSION_2Y));
        this.cost = cost;
    }

    /**
     * A line {@code user:bcrypt[:group,group]}.
     *
     * @param password as UTF-8, at most 72 bytes, since bcrypt looks at no more; stays the caller's
     * @throws IllegalArgumentException if user, password or groups would not do; the message says which
     */
    public String line(String user, byte[] password, Collection<String> groups) {
        if (password.length == 0 || password.length > LONGEST) {
            throw new IllegalArgumentException("a password has 1 to 72 bytes");
        }
        return FileLine.render(user, new String(hasher.hash(cost, password), StandardCharsets.US_ASCII), groups);
    }
}
