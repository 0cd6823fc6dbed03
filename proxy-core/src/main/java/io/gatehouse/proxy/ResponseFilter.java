// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Port: chooses what to do with the body of a response, from its head. */
@FunctionalInterface
public interface ResponseFilter {
    /** Called on the event loop; null lets the response pass as it is. The head is valid during the call only. */
    @Nullable
    BodyFilter onResponse(ResponseHead head);
}
