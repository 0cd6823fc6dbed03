// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Port: what is known of sessions, seen by all who route. Every change is a compare-and-set, so that any number of processes may share a
 * store. Safe for any thread, and never blocks. A session that is lost ({@link SessionRecord#isLost}) takes no place.
 *
 * <p>A stage completes exceptionally with {@link SessionStoreException} where the store cannot be reached, and else never. Stages
 * complete on any thread.
 */
public interface SessionStore {
    /** The record of a session; null where none is known. */
    CompletionStage<@Nullable SessionRecord> find(SessionKey key);

    /**
     * Takes a place for a session that has none, within limits. Of several that claim at a time one wins. Where the session has a record,
     * that one counts, whatever the limits.
     *
     * @param pinned whether the session is known to be there already
     */
    CompletionStage<Claim> claim(SessionKey key, String server, boolean pinned, SessionLimits limits);

    /**
     * Changes a record.
     *
     * @param next the record as it was read, changed; its version says what it was made from
     * @return the record as it is stored now; null where it was changed or removed since it was read
     */
    CompletionStage<@Nullable SessionRecord> replace(SessionRecord next);

    /**
     * Removes a record.
     *
     * @param record as it was read
     * @return whether it was removed; not where it was changed or removed since
     */
    CompletionStage<Boolean> remove(SessionRecord record);

    /** The sessions of a pool, in no order. */
    CompletionStage<List<SessionRecord>> list(String pool);

    /** How many sessions a user has in a pool. */
    CompletionStage<Integer> count(String pool, String user);
}
