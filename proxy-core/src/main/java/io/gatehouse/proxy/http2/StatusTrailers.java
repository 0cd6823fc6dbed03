// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How a call ends by our word: {@code grpc-status}, and what goes with an error. By what name it goes stands in {@code proxy-status} (RFC
 * 9209), which is allowed in trailers too, and not in a {@code google.rpc.ErrorInfo}: Spark's clients would take that for an error of
 * Spark's and look for its class.
 */
final class StatusTrailers {
    static final AsciiString STATUS = AsciiString.cached("grpc-status");
    static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
    private static final AsciiString DETAILS = AsciiString.cached("grpc-status-details-bin");
    private static final AsciiString PROXY_STATUS = AsciiString.cached("proxy-status");
    private static final AsciiString ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");
    private static final AsciiString IDENTITY = AsciiString.cached("identity");
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private StatusTrailers() {}

    /** A good end. */
    static Http2Headers ok() {
        return new DefaultHttp2Headers(false, 4).add(STATUS, GrpcStatus.OK.text());
    }

    /** A bad end, behind the head of an answer that has gone out. */
    static Http2Headers of(GrpcError error) {
        return add(new DefaultHttp2Headers(false, 8), error);
    }

    /** The whole answer: a head that is the trailers too. */
    static Http2Headers alone(GrpcError error) {
        return add(head(), error);
    }

    /** The head of an answer of ours. */
    static Http2Headers head() {
        return new DefaultHttp2Headers(false, 8)
                .status(CallMetadata.OK)
                .add(CallMetadata.CONTENT_TYPE, CallMetadata.GRPC)
                // A client that compresses learns what it may send (grpc/doc/compression.md).
                .add(ACCEPT_ENCODING, IDENTITY);
    }

    private static Http2Headers add(Http2Headers headers, GrpcError error) {
        headers.add(STATUS, error.status().text()).add(MESSAGE, percentEncoded(error.message()));
        addName(headers, error.type());
        if (error.info() != null || error.retryAfter() != null) {
            headers.add(DETAILS, Base64.getEncoder().withoutPadding().encodeToString(StatusDetails.encode(error)));
        }
        return headers;
    }

    /** Says in an answer of ours by what name the access log and the metrics have the error. */
    static void addName(Http2Headers headers, ErrorType error) {
        headers.add(PROXY_STATUS, "gatehouse; error=" + error.token());
    }

    /** As {@code grpc-message} has to be (grpc/doc/PROTOCOL-HTTP2.md): printable ASCII but for the percent sign. */
    static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b < 0x7f && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
            }
        }
        return out.toString();
    }

    /** Reads what {@link #percentEncoded} wrote; what is none of it stays as it is. */
    static String percentDecoded(CharSequence text) {
        byte[] out = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                out[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[length++] = (byte) c;
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
