// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.ErrorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Port: the servers of pools, as they are at the moment. Safe for any thread, and never blocks. */
public interface Fleet {
    /** The servers of a pool, in a stable order; none for a pool that is not known. */
    List<Server> servers(String pool);

    /** Whether new sessions may go to the pool; one that is configured no more keeps its servers for those that there are. */
    boolean isConfigured(String pool);

    /** A server by its name; null where the pool has none of that name any more. */
    default @Nullable Server find(String pool, String name) {
        for (Server server : servers(pool)) {
            if (server.name().equals(name)) {
                return server;
            }
        }
        return null;
    }

    /** The server that has a session or had it before it was away, as it is now; null where the pool has it no more. */
    default @Nullable Server inAnyLife(SessionRecord record) {
        for (Server server : servers(record.key().pool())) {
            if (record.isOf(server)) {
                return server;
            }
        }
        return null;
    }

    /** A call has been answered by that server. */
    void answered(Server server);

    /** A call to that server has failed; whether that is the server's doing, {@code error} says. */
    void failed(Server server, ErrorType error);
}
