// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

/** Which names a user may have: any text that is no control character, so also {@code corp\alice}, {@code alice@example.com}, 李. */
public final class UserNames {
    /** In Unicode's characters. */
    private static final int LONGEST = 256;

    private UserNames() {}

    public static boolean isValid(String name) {
        return !name.isBlank()
                && name.codePointCount(0, name.length()) <= LONGEST
                && name.codePoints().noneMatch(UserNames::isNoText);
    }

    /** Controls; and halves of surrogate pairs, which JSON can carry, UTF-8 not. */
    public static boolean isNoText(int character) {
        return Character.isISOControl(character)
                || character == '\u2028'
                || character == '\u2029'
                || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE);
    }
}
