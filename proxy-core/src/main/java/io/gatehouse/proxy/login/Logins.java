// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import java.net.InetAddress;
import java.util.concurrent.CompletionStage;

/** Port: says whose a credential is. Safe for any thread, and never blocks. */
@FunctionalInterface
public interface Logins {
    /**
     * Looks at a credential. The stage is complete already where the answer is known, and never completes exceptionally.
     *
     * @param client who shows it; wrong ones are counted by it
     */
    CompletionStage<Login> login(Credential credential, InetAddress client);
}
