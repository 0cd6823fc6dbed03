// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;

/**
 * The History Server behind the ui door.
 *
 * @param servers over the same logs, so that any of them may be asked
 * @param path what its URLs begin with, {@code ""} or {@code /path} without a slash at its end
 */
public record HistoryServer(UpstreamGroup servers, String path) {
    /** One without replicas. */
    public HistoryServer(Upstream server, String path) {
        this(UpstreamGroup.of(server), path);
    }
}
