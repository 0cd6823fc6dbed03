// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request that is no call of gRPC (grpc/doc/PROTOCOL-HTTP2.md: a content type of another kind gets 415).
 *
 * @param status of HTTP
 * @param sentence for the person who sees it
 */
record HttpRefusal(int status, ErrorType error, String sentence) {
    private static final String WAY = " This port speaks gRPC: use a sc:// URL with a Spark Connect client.\n";

    private static final AsciiString HEAD = AsciiString.cached("HEAD");

    /** Null for a call of gRPC. */
    static @Nullable HttpRefusal of(Http2Headers headers, String via) {
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        if (method == null || !CallMetadata.POST.contentEquals(method)) {
            return new HttpRefusal(405, ErrorType.METHOD_NOT_ALLOWED, "Only POST is served here." + WAY);
        }
        CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null || !isGrpc(type.toString().toLowerCase(Locale.ROOT))) {
            return new HttpRefusal(
                    415, ErrorType.HTTP_REQUEST_DENIED, "The content type is not application/grpc." + WAY);
        }
        if (path == null || path.length() == 0 || path.charAt(0) != '/') {
            return new HttpRefusal(400, ErrorType.HTTP_REQUEST_ERROR, "The path is not one of gRPC." + WAY);
        }
        for (CharSequence value : headers.getAll(CallMetadata.VIA)) {
            if (value.toString().contains(via)) {
                return new HttpRefusal(
                        502, ErrorType.PROXY_LOOP_DETECTED, ErrorType.PROXY_LOOP_DETECTED.sentence() + "\n");
            }
        }
        return null;
    }

    private static boolean isGrpc(String type) {
        return type.equals("application/grpc")
                || type.startsWith("application/grpc+")
                || type.startsWith("application/grpc;");
    }

    /** Answers the request with that head. */
    void answer(ClientConnection client, Http2Stream stream, Http2Headers request, boolean requestEnded) {
        Http2Headers head = new DefaultHttp2Headers(false, 8).status(Integer.toString(status));
        head.add(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        StatusTrailers.addName(head, error);
        if (error == ErrorType.METHOD_NOT_ALLOWED) {
            // RFC 9110 section 15.5.6
            head.add(HttpHeaderNames.ALLOW, CallMetadata.POST);
        }
        CharSequence method = request.method();
        if (method != null && HEAD.contentEquals(method)) {
            // Of an answer to it there is no content (RFC 9110 section 9.3.2).
            client.writeHeaders(stream, head, true);
        } else {
            client.writeHeaders(stream, head, false);
            client.writeData(stream, Unpooled.wrappedBuffer(sentence.getBytes(StandardCharsets.UTF_8)), true);
        }
        if (!requestEnded) {
            client.resetSoon(stream);
        }
    }
}
