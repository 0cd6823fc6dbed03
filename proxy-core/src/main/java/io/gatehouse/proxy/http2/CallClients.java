// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.forwarding.ClientResolver;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Says of each call of one connection who sent it. The rules are those of HTTP/1.1, so a trusted proxy's fields are read by what
 * reads them there.
 */
final class CallClients {
    private static final AsciiString[] FIELDS = {
        AsciiString.cached("forwarded"),
        AsciiString.cached("x-forwarded-for"),
        AsciiString.cached("x-forwarded-proto"),
        AsciiString.cached("x-forwarded-host"),
        AsciiString.cached("x-forwarded-port"),
        AsciiString.cached("x-real-ip")
    };

    private final ListenerContext listener;
    private final InetAddress peer;
    private final ClientResolver resolver;

    CallClients(InetAddress peer, ListenerContext listener, String via) {
        this.listener = listener;
        this.peer = peer;
        this.resolver = new ClientResolver(peer, listener.scheme(), listener::trustedProxies, via);
    }

    /** The peer itself, for calls of which nothing more is known. */
    ClientInfo direct() {
        return resolver.direct();
    }

    /** Who sent the call. Fields that are not sound count for nothing, as they do there. */
    ClientInfo of(Http2Headers headers) {
        return listener.trustedProxies().trust(peer) ? spokenFor(headers) : resolver.direct();
    }

    private ClientInfo spokenFor(Http2Headers headers) {
        StringBuilder text = new StringBuilder("POST / HTTP/1.1\r\nHost: ");
        text.append(headers.authority() == null ? "unknown" : headers.authority())
                .append("\r\n");
        for (AsciiString name : FIELDS) {
            for (CharSequence value : headers.getAll(name)) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        }
        RequestHead head = new RequestHead();
        try {
            boolean whole = HeadDecoder.forRequests(listener.limits())
                    .decode(Unpooled.copiedBuffer(text.append("\r\n"), StandardCharsets.ISO_8859_1), head);
            return whole ? resolver.of(head) : resolver.direct();
        } catch (HttpViolation unsound) {
            return resolver.direct();
        }
    }
}
