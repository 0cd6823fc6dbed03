// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

/** Reads {@code Connection} (RFC 9110 section 7.6.1): its options for us, and the fields it takes away. */
public final class ConnectionField {
    private static final byte[] CLOSE = {'c', 'l', 'o', 's', 'e'};
    private static final byte[] KEEP_ALIVE = {'k', 'e', 'e', 'p', '-', 'a', 'l', 'i', 'v', 'e'};
    private static final byte[] UPGRADE = {'u', 'p', 'g', 'r', 'a', 'd', 'e'};

    /** Every option is compared with every other field; nobody needs more. */
    private static final int MOST_OPTIONS = 16;

    static final String TOO_MANY = "more than " + MOST_OPTIONS + " options in Connection";

    private ConnectionField() {}

    /** Returns whether the fields up to this one name no more options than anybody needs. */
    static boolean read(MessageHead head, int field) {
        byte[] bytes = head.bytes();
        int end = head.valueEnd(field);
        int at = head.valueStart(field);
        while (at < end) {
            int tokenEnd = tokenEnd(bytes, at, end);
            if (HttpBytes.equalsIgnoreCase(bytes, at, tokenEnd, CLOSE)) {
                head.connectionClose = true;
            } else if (HttpBytes.equalsIgnoreCase(bytes, at, tokenEnd, KEEP_ALIVE)) {
                head.connectionKeepAlive = true;
            } else if (HttpBytes.equalsIgnoreCase(bytes, at, tokenEnd, UPGRADE)) {
                head.connectionUpgrade = true;
            }
            at = nextToken(bytes, tokenEnd, end);
            head.connectionOptions++;
        }
        return head.connectionOptions <= MOST_OPTIONS;
    }

    /** Whether any {@code Connection} field of {@code head} names {@code field}, which then ends at this hop. */
    public static boolean names(MessageHead head, int field) {
        byte[] bytes = head.bytes();
        int nameStart = head.nameStart(field);
        int nameLength = head.nameEnd(field) - nameStart;
        for (int connection = 0; connection < head.fieldCount(); connection++) {
            if (head.name(connection) != HeaderName.CONNECTION) {
                continue;
            }
            int end = head.valueEnd(connection);
            int at = head.valueStart(connection);
            while (at < end) {
                int tokenEnd = tokenEnd(bytes, at, end);
                if (tokenEnd - at == nameLength && sameName(bytes, at, nameStart, nameLength)) {
                    return true;
                }
                at = nextToken(bytes, tokenEnd, end);
            }
        }
        return false;
    }

    private static boolean sameName(byte[] bytes, int left, int right, int length) {
        for (int i = 0; i < length; i++) {
            if (HttpBytes.lower(bytes[left + i]) != HttpBytes.lower(bytes[right + i])) {
                return false;
            }
        }
        return true;
    }

    private static int tokenEnd(byte[] bytes, int at, int end) {
        while (at < end && HttpBytes.isToken(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Skips whatever separates tokens; odd separators cost a field its effect, never more. */
    private static int nextToken(byte[] bytes, int at, int end) {
        while (at < end && !HttpBytes.isToken(bytes[at])) {
            at++;
        }
        return at;
    }
}
