// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.time.Instant;

/**
 * Where a session is.
 *
 * @param server the name of a {@link Server} of the pool; empty for a session that is known to be no more, while nobody has told its user
 * @param pinned whether the server has answered a call of it: it has state there that is nowhere else, so it never moves. Before that,
 *     the record is no more than the claim of a place
 * @param serverSideId what the server calls it in its answers, which is another after a restart of the server; empty while that is not
 *     known, and for ever with a Spark before 4.0
 * @param createdAt when the place was claimed
 * @param lastActivity when it was last used, to the minute
 * @param version changes with every change of the record; given by the store
 */
public record SessionRecord(
        SessionKey key,
        String server,
        boolean pinned,
        String serverSideId,
        Instant createdAt,
        Instant lastActivity,
        long version) {
    /** The same, with an answer given. */
    public SessionRecord withPin() {
        return new SessionRecord(key, server, true, serverSideId, createdAt, lastActivity, version);
    }

    /** The same, with an answer given that says what the server calls it; empty for an answer that makes it forgotten. */
    public SessionRecord withServerSideId(String id) {
        return new SessionRecord(key, server, true, id, createdAt, lastActivity, version);
    }

    /** The same, used at that time. */
    public SessionRecord usedAt(Instant now) {
        return new SessionRecord(key, server, pinned, serverSideId, createdAt, now, version);
    }

    /** The same at that server, where it was found, or which is the same in another life. */
    public SessionRecord at(String newServer) {
        return new SessionRecord(key, newServer, pinned, serverSideId, createdAt, lastActivity, version);
    }

    /** The same, with its server gone, and all that it had there. */
    public SessionRecord lost() {
        return new SessionRecord(key, "", true, "", createdAt, lastActivity, version);
    }

    /** Whether that server has it, or had it before it was away. */
    boolean isOf(Server other) {
        return Server.withoutLife(server).equals(Server.withoutLife(other.name()));
    }

    /** Whether it is no more. Whoever calls it next hears so, and gets no empty session in its place. */
    public boolean isLost() {
        return server.isEmpty();
    }
}
