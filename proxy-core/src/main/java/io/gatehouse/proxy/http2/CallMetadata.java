// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.Upstream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.Set;

/**
 * Makes the header sections that go out anew from those that came in: what belongs to one connection stays here (RFC 9113
 * section 8.2.2), and no pseudo-header of one side is the other's.
 */
final class CallMetadata {
    static final AsciiString CONTENT_TYPE = HttpHeaderNames.CONTENT_TYPE;
    static final AsciiString GRPC = AsciiString.cached("application/grpc");
    static final AsciiString TE = HttpHeaderNames.TE;
    static final AsciiString TRAILERS = AsciiString.cached("trailers");
    static final AsciiString VIA = HttpHeaderNames.VIA;
    static final AsciiString POST = AsciiString.cached("POST");
    static final AsciiString HTTP = AsciiString.cached("http");
    static final AsciiString HTTPS = AsciiString.cached("https");
    static final AsciiString OK = AsciiString.cached("200");

    /** What proxies in front say to us is for us. */
    private static final AsciiString FORWARDED = AsciiString.cached("x-forwarded-");

    /** Most header sections of gRPC have fewer. */
    private static final int FIELDS = 16;

    private static final Set<AsciiString> OF_ONE_CONNECTION = Set.of(
            HttpHeaderNames.CONNECTION,
            AsciiString.cached("keep-alive"),
            AsciiString.cached("proxy-connection"),
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE,
            HttpHeaderNames.HOST,
            HttpHeaderNames.TE,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.VIA);

    private CallMetadata() {}

    /**
     * The head of a call to a server.
     *
     * @param withheld names of fields that no server gets from a client
     * @param ours fields that take the place of the client's
     * @param via the value of our own Via field, for the loop that a wrong address would make
     */
    static Http2Headers request(
            Http2Headers client,
            Upstream server,
            Set<AsciiString> withheld,
            Map<AsciiString, String> ours,
            String via) {
        Http2Headers out = new DefaultHttp2Headers(false, FIELDS)
                .method(POST)
                .scheme(server.isSecure() ? HTTPS : HTTP)
                .path(client.path())
                .authority(server.authority());
        out.add(TE, TRAILERS);
        for (Map.Entry<CharSequence, CharSequence> field : client) {
            AsciiString name = AsciiString.of(field.getKey());
            if (!isPseudo(name)
                    && !OF_ONE_CONNECTION.contains(name)
                    && !name.startsWith(FORWARDED)
                    && !withheld.contains(name)
                    && !ours.containsKey(name)) {
                out.add(name, field.getValue());
            }
        }
        ours.forEach(out::add);
        out.add(VIA, via);
        return out;
    }

    /** The head of an answer, or its trailers, for a client; {@code status} is left to the caller. */
    static Http2Headers answer(Http2Headers server) {
        Http2Headers out = new DefaultHttp2Headers(false, FIELDS);
        for (Map.Entry<CharSequence, CharSequence> field : server) {
            AsciiString name = AsciiString.of(field.getKey());
            if (!isPseudo(name) && !OF_ONE_CONNECTION.contains(name)) {
                out.add(name, field.getValue());
            }
        }
        return out;
    }

    private static boolean isPseudo(AsciiString name) {
        return !name.isEmpty() && name.charAt(0) == ':';
    }
}
