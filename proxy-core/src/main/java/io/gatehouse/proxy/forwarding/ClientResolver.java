// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.http1.RequestHead;
import java.net.InetAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says of each request of one connection who sent it, and what upstreams are told of that. A peer that is no trusted proxy is
 * the client itself, whatever it writes, and its requests cost nothing here. Only the connection's event loop touches it.
 */
public final class ClientResolver {
    private final InetAddress peer;
    private final String via;
    private final Supplier<TrustedProxies> source;
    private final ClientInfo direct;
    private @Nullable TrustedProxies proxies;
    private boolean peerIsTrusted;
    private byte[] directFields = new byte[0];

    /**
     * @param peer of the connection
     * @param scheme what the peer speaks
     * @param source whom to trust; asked for each request, so that a proxy that is trusted no longer is believed no longer
     * @param via the value of our Via field
     */
    public ClientResolver(InetAddress peer, String scheme, Supplier<TrustedProxies> source, String via) {
        this.peer = Addresses.canonical(peer);
        this.via = via;
        this.source = source;
        this.direct = ClientInfo.direct(this.peer, scheme);
        now();
    }

    /** The peer of the connection, for requests of which nothing more is known. */
    public ClientInfo direct() {
        return direct;
    }

    /** Who sent the request. Never throws, whatever its fields hold. */
    public ClientInfo of(RequestHead head) {
        TrustedProxies trusted = now();
        if (!peerIsTrusted) {
            return direct;
        }
        return switch (trusted.fields()) {
            case X_FORWARDED -> XForwardedFields.read(head, direct, trusted);
            case FORWARDED -> ForwardedField.read(head, direct, trusted);
        };
    }

    /** Complete field lines that tell an upstream who sent the request; not to be changed. */
    public byte[] fields(ClientInfo client) {
        TrustedProxies trusted = now();
        return client.equals(direct) ? directFields : ForwardingLines.of(client, trusted.fields(), via);
    }

    private TrustedProxies now() {
        TrustedProxies newest = source.get();
        if (!newest.equals(proxies)) {
            proxies = newest;
            peerIsTrusted = newest.trust(peer);
            directFields = ForwardingLines.of(direct, newest.fields(), via);
        }
        return newest;
    }
}
