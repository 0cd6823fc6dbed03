// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision.Forward;
import io.gatehouse.proxy.forwarding.ClientResolver;
import io.gatehouse.proxy.http1.BodyEncoder;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/** Writes a request to its upstream: head built anew, body framed anew. One per client connection. */
final class RequestForwarder {
    private final ByteBufAllocator allocator;
    private final BodyEncoder encoder = new BodyEncoder();
    private final ClientResolver clients;

    /** {@code clients}: what upstreams are told of the sender of each request. */
    RequestForwarder(ByteBufAllocator allocator, ClientResolver clients) {
        this.allocator = allocator;
        this.clients = clients;
    }

    /** Whether sending the request a second time does no harm (RFC 9110 section 9.2.2), and is possible. */
    static boolean mayRepeat(RequestHead request) {
        return (request.method() == Method.GET || request.method() == Method.HEAD) && !request.hasBody();
    }

    /** {@code user}: in whose name the request is made. */
    void head(
            Http1BackendHandler upstream,
            RequestHead request,
            ClientInfo client,
            Principal user,
            Forward forward,
            Boundary boundary,
            long requestId) {
        byte[] clientFields = clients.fields(client);
        int size = UpstreamRequestHead.size(request, forward.target(), boundary, user) + clientFields.length;
        ByteBuf out = upstream.writer().begin(size);
        UpstreamRequestHead.write(request, client, user, forward, boundary, clientFields, requestId, out);
        encoder.begin(request.isChunked() ? BodyEncoder.Framing.CHUNKED : BodyEncoder.Framing.IDENTITY);
    }

    /** Owns {@code piece}; stops the client's reads where the upstream takes no more. */
    void body(Http1BackendHandler upstream, ByteBuf piece, Http1FrontendHandler frontend) {
        if (!upstream.isSending()) {
            piece.release();
            return;
        }
        upstream.bodyBegun();
        ByteBuf before = encoder.before(piece.readableBytes(), allocator);
        if (before != null) {
            upstream.writer().write(before);
        }
        upstream.writer().write(piece);
        if (!upstream.isWritable()) {
            // Nothing leaves before a flush, and reads stand still until something has left.
            upstream.writer().flush();
            frontend.pauseForUpstream(!upstream.isWritable());
        }
    }

    /** The same for what a pipe holds. */
    ChannelFuture spliced(Http1BackendHandler upstream, FileRegion contents) {
        upstream.bodyBegun();
        return upstream.writer().write(contents);
    }

    /** What follows is not HTTP. */
    void tunnel() {
        encoder.begin(BodyEncoder.Framing.IDENTITY);
    }

    void end(Http1BackendHandler upstream, @Nullable TrailerSection trailers) {
        if (!upstream.isSending()) {
            return;
        }
        upstream.writer().write(encoder.end(trailers, allocator));
        upstream.requestSent();
    }
}
