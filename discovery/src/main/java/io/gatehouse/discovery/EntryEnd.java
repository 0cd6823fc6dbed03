// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.nio.charset.StandardCharsets;

/**
 * Reads when an application ended from its entry in a History Server's list: by this Spark orders the list. The newest attempt comes first
 * in an entry, and so does its end; a parser for each of a hundred thousand would cost more than all else.
 */
final class EntryEnd {
    private static final byte[] FIELD = "\"endTimeEpoch\"".getBytes(StandardCharsets.US_ASCII);
    /** More digits than any time has. */
    private static final int MOST_DIGITS = 18;

    private EntryEnd() {}

    /** In milliseconds since 1970; -1, as Spark has it, while the application has not ended, or where it is not to be read. */
    static long of(byte[] entry, int length) {
        for (int at = 0; at + FIELD.length < length; at++) {
            // Text has no quote without a backslash before it.
            if (entry[at] == '"' && isField(entry, at)) {
                int value = EntryId.skipWhitespace(entry, at + FIELD.length, length);
                if (value < length && entry[value] == ':') {
                    return number(entry, EntryId.skipWhitespace(entry, value + 1, length), length);
                }
            }
        }
        return -1;
    }

    private static boolean isField(byte[] entry, int at) {
        if (at > 0 && entry[at - 1] == '\\') {
            return false;
        }
        for (int i = 1; i < FIELD.length; i++) {
            if (entry[at + i] != FIELD[i]) {
                return false;
            }
        }
        return true;
    }

    private static long number(byte[] entry, int start, int length) {
        long number = 0;
        int at = start;
        while (at < length && at - start < MOST_DIGITS && entry[at] >= '0' && entry[at] <= '9') {
            number = 10 * number + entry[at++] - '0';
        }
        return at == start ? -1 : number;
    }
}
