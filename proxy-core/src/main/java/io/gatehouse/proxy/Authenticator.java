// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.RequestHead;
import java.util.concurrent.CompletionStage;

/** Port: says who sent a request. */
@FunctionalInterface
public interface Authenticator {
    /** Takes everybody for nobody in particular. */
    Authenticator ANYONE = (head, client) -> Decision.NOBODY;

    /**
     * Called on the event loop once per request; never blocks. The head is valid during the call only.
     *
     * @param client whose request it is: behind a trusted proxy, not the peer of the connection
     */
    Decision authenticate(RequestHead head, ClientInfo client);

    /** What came of it. */
    sealed interface Decision {
        /** Granted, to nobody in particular. */
        Decision NOBODY = new Granted(Principal.ANONYMOUS);

        /** The request is {@code principal}'s. */
        record Granted(Principal principal) implements Decision {}

        /** The request is refused with {@code response}. */
        record Denied(LocalResponse response) implements Decision {}

        /** The answer comes later; it is awaited without reading more of the request. */
        record Deferred(CompletionStage<Decision> decision) implements Decision {}
    }
}
