// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.DrainState;
import io.gatehouse.proxy.net.MemoryPressure;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.tls.ClientTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;

/**
 * What all event loops of a process share. Safe for any thread.
 *
 * @param upstreamTls for upstreams that are spoken to with TLS
 * @param via the value of our Via field; its pseudonym is this process's own
 * @param ticker the monotonic clock, in nanoseconds
 */
public record ProxyEnvironment(
        ProxyOptions options,
        ProxySettings settings,
        ProxyMetrics metrics,
        Transport transport,
        ClientTls upstreamTls,
        AddressResolverGroup<InetSocketAddress> resolver,
        ByteBufAllocator allocator,
        DrainState drainState,
        UpstreamHealth upstreamHealth,
        MemoryPressure memoryPressure,
        String via,
        LongSupplier ticker) {
    /** Whether clients are asked to come back on another connection: this process ends, or is short of memory. */
    boolean endsConnections() {
        return drainState.isDraining() || memoryPressure.level() != MemoryPressure.Level.NONE;
    }
}
