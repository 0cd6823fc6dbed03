// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.RequestHead;

/** Port: decides what happens to a request, from its head alone. */
@FunctionalInterface
public interface Router {
    /**
     * Called on the event loop once per request, after authentication. Never blocks; where the answer takes time, returns
     * {@link RouteDecision.Deferred}. The head is valid during the call only.
     *
     * @param client who sent it, and how it named this server
     */
    RouteDecision route(RequestHead head, ClientInfo client, Principal principal);
}
