// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.time.Instant;

/**
 * Where a session is.
 *
 * @param server the name of a {@link Server} of the pool
 * @param pinned whether the server has answered a call of it: it has state there that is nowhere else, so it never moves. Before that,
 *     the record is no more than the claim of a place
 * @param createdAt when the place was claimed
 * @param lastActivity when it was last used, to the minute
 * @param version changes with every change of the record; given by the store
 */
public record SessionRecord(
        SessionKey key, String server, boolean pinned, Instant createdAt, Instant lastActivity, long version) {
    /** The same, with an answer given. */
    public SessionRecord withPin() {
        return new SessionRecord(key, server, true, createdAt, lastActivity, version);
    }

    /** The same, used at that time. */
    public SessionRecord usedAt(Instant now) {
        return new SessionRecord(key, server, pinned, createdAt, now, version);
    }
}
