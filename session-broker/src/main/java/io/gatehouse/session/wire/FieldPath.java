// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

/**
 * Where a field stands in a message, as one number: ten bits for each level, the outermost first. Only fields below 1024 have one;
 * nobody asks for others.
 */
final class FieldPath {
    /** A field whose number is too large for a path. */
    static final int OTHER = -1;

    static final int SESSION_ID = 1;
    static final int USER_CONTEXT = 2;
    static final int USER_ID = USER_CONTEXT << 10 | 1;
    static final int USER_NAME = USER_CONTEXT << 10 | 2;

    /** {@code ExecutePlanRequest.request_options}. */
    static final int REQUEST_OPTIONS = 5;

    static final int REATTACH_OPTIONS = REQUEST_OPTIONS << 10 | 1;
    static final int REATTACHABLE = REATTACH_OPTIONS << 10 | 1;

    /** {@code CloneSessionRequest.new_session_id}. */
    static final int NEW_SESSION_ID = 4;

    /** {@code ReleaseSessionRequest.allow_reconnect}. */
    static final int ALLOW_RECONNECT = 4;

    private static final int BITS = 10;

    private FieldPath() {}

    /** The path of a field of the message at {@code parent}, which is 0 for the outermost. */
    static int of(int parent, int number) {
        return number < 1 << BITS ? parent << BITS | number : OTHER;
    }
}
