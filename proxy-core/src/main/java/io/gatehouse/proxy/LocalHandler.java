// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.util.concurrent.CompletionStage;

/** Port: answers requests by itself, as the management endpoints do. */
@FunctionalInterface
public interface LocalHandler {
    /**
     * Called on the event loop with the whole request; never blocks. Work that does belongs on an executor of the
     * handler's own. An exceptional completion is answered with 500.
     */
    CompletionStage<LocalResponse> handle(LocalRequest request);
}
