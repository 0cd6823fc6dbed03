// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

/** Ids of sessions: UUIDs in their usual form. Spark's own parser takes shorter ones too, which no client sends. */
public final class SessionIds {
    static final int LENGTH = 36;

    private SessionIds() {}

    public static boolean isValid(CharSequence id) {
        if (id.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = id.charAt(i);
            boolean fits = (i == 8 || i == 13 || i == 18 || i == 23)
                    ? c == '-'
                    : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
