// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/** Port: answers in place of an upstream that gave no response at all. */
@FunctionalInterface
public interface Fallback {
    /**
     * Called on the event loop; never blocks. The head is valid during the call only. The answer gets {@code Proxy-Status},
     * {@code X-Request-Id} and {@code Cache-Control: no-store} besides its own fields, and the error is logged and counted
     * all the same.
     *
     * @param error what happened instead of a response
     * @return null where the client is to get the error itself
     */
    @Nullable
    LocalResponse answer(RequestHead request, ErrorType error);
}
