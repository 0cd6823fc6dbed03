// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.UpstreamLimits;
import io.gatehouse.proxy.UpstreamTimeouts;

/**
 * What may change while connections are open. Readers take the snapshot anew for each phase, so a change reaches the next
 * phase of every connection.
 */
public final class ProxySettings {
    private volatile DownstreamTimeouts downstream;
    private volatile UpstreamTimeouts upstream;
    private volatile UpstreamLimits upstreamLimits = UpstreamLimits.DEFAULT;
    private volatile EjectionPolicy ejection = EjectionPolicy.DEFAULT;

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

    public UpstreamLimits upstreamLimits() {
        return upstreamLimits;
    }

    public EjectionPolicy ejection() {
        return ejection;
    }

    /** Called at the start and on reload, from any thread: new requests find the new values. */
    public void limitUpstreams(UpstreamLimits newLimits, EjectionPolicy newEjection) {
        this.upstreamLimits = newLimits;
        this.ejection = newEjection;
    }

    /** Called on reload, from any thread. */
    public void update(DownstreamTimeouts newDownstream, UpstreamTimeouts newUpstream) {
        this.downstream = newDownstream;
        this.upstream = newUpstream;
    }
}
