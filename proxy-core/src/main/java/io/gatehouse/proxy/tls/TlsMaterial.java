// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.util.List;

/**
 * What one reading of TLS files gave. Never changes; a reload makes another.
 *
 * <p><b>Reference counting.</b> Whoever holds it keeps its native contexts; each connection's engine holds its context by itself.
 */
abstract class TlsMaterial extends AbstractReferenceCounted {
    private final List<SslContext> contexts;
    private final String fingerprint;

    /** {@code contexts}: released with this. */
    TlsMaterial(List<SslContext> contexts, String fingerprint) {
        this.contexts = List.copyOf(contexts);
        this.fingerprint = fingerprint;
    }

    /** Whether both were read with the same options and found the same bytes. */
    final boolean isSameAs(TlsMaterial other) {
        return fingerprint.equals(other.fingerprint);
    }

    @Override
    protected final void deallocate() {
        contexts.forEach(ReferenceCountUtil::release);
    }

    @Override
    public final ReferenceCounted touch(Object hint) {
        return this;
    }
}
