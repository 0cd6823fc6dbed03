// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import java.net.InetAddress;
import java.util.concurrent.CompletionStage;

/** Port: says who is calling. Safe for any thread, event loops too: it never blocks. */
@FunctionalInterface
public interface Logins extends AutoCloseable {
    /**
     * Called once for each connection and credential, and again when what came of it is no longer valid. The stage always completes
     * normally, on a thread of this object or on the caller's.
     *
     * @param credential a password's bytes belong to this object from now on, and are zero once the stage has completed
     * @param client whose connection it is: wrong attempts are counted for each user and address
     */
    CompletionStage<Login> login(Credential credential, InetAddress client);

    /**
     * Changes when what was granted before may hold no longer, as after a reload of the users. Who keeps a {@link Login.Granted} keeps
     * this beside it, and compares; it costs one read of memory.
     */
    default long version() {
        return 0;
    }

    /** Ends what is under way; such logins, and later ones, are {@link Login.Unavailable}. */
    @Override
    default void close() {}
}
