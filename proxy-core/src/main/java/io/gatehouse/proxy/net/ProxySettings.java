// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.UpstreamTimeouts;

/**
 * What may change while connections are open. Readers take the snapshot anew for each phase, so a change reaches the next
 * phase of every connection.
 */
public final class ProxySettings {
    private volatile DownstreamTimeouts downstream;
    private volatile UpstreamTimeouts upstream;

    public ProxySettings(DownstreamTimeouts downstream, UpstreamTimeouts upstream) {
        this.downstream = downstream;
        this.upstream = upstream;
    }

    public DownstreamTimeouts downstream() {
        return downstream;
    }

    public UpstreamTimeouts upstream() {
        return upstream;
    }

    /** Called on reload, from any thread. */
    public void update(DownstreamTimeouts newDownstream, UpstreamTimeouts newUpstream) {
        this.downstream = newDownstream;
        this.upstream = newUpstream;
    }
}
