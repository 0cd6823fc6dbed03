// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * A UI that configuration, or a process that we started, says is there.
 *
 * @param id the application's id where it is known; the UI is then routed to before it has answered, until it is known to be gone
 */
public record UiEndpoint(Upstream ui, @Nullable String id) {
    public UiEndpoint {
        if (id != null && !AppIds.isValid(id)) {
            throw new IllegalArgumentException("not an application id: " + id);
        }
    }
}
