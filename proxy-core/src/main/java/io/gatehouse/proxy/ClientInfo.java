// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, and how it named this server. One object for all requests of a connection, unless its peer is a trusted
 * proxy.
 *
 * @param address the client's: the peer of the connection, or whom a trusted proxy says it speaks for
 * @param scheme what the client spoke, as far as is known: {@code http} or {@code https}
 * @param forwarding what trusted proxies say
 */
public record ClientInfo(InetAddress address, String scheme, Forwarding forwarding) {
    /** The client is the peer of the connection, which speaks {@code scheme}. */
    public static ClientInfo direct(InetAddress peer, String scheme) {
        return new ClientInfo(peer, scheme, Forwarding.NONE);
    }

    /** Whether the client spoke TLS, as far as is known. */
    public boolean isSecure() {
        return scheme.equals("https");
    }

    /** The authority that the client asked for; null in an HTTP/1.0 request that names none. */
    public @Nullable String host(RequestHead head) {
        String told = forwarding.host();
        return told != null ? told : head.value(HeaderName.HOST);
    }
}
