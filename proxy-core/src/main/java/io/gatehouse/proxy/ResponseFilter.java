// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Port: chooses what to do with the body of a response, from its head. */
@FunctionalInterface
public interface ResponseFilter {
    /**
     * Called on the event loop; null lets the response pass as it is. The heads are valid during the call only.
     *
     * @param client who sent the request, and how it named this server
     */
    @Nullable
    BodyFilter onResponse(ResponseHead response, RequestHead request, ClientInfo client);
}
