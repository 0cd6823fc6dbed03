// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailerSectionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"X-Checksum", "grpc-status", "Server-Timing", "ETag", "Date", "Digest", "A", "Iffy", "Contents"})
    void whatSaysSomethingAboutTheBodyPasses(String name) throws Exception {
        assertThat(trailers(name + ": 1").mayPass(0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "TE",
                "Trailer",
                "Upgrade",
                "Expect",
                "Content-Encoding",
                "Content-Type",
                "Content-Range",
                "Authorization",
                "Proxy-Authorization",
                "Proxy-Authenticate",
                "Proxy-Authentication-Info",
                "WWW-Authenticate",
                "Cookie",
                "SET-COOKIE",
                "Location",
                "Cache-Control",
                "Pragma",
                "Range",
                "If-Match",
                "if-modified-since",
                "Max-Forwards",
                "Age",
                "Expires",
                "Retry-After",
                "Vary",
                "Warning",
                "Forwarded",
                "X-Forwarded-For",
                "X-Forwarded-User",
                "X-Request-Id",
                "Via",
            })
    void whatAuthenticatesOrControlsStaysBehind(String name) throws Exception {
        assertThat(trailers(name + ": 1").mayPass(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Checksum", "ETag"})
    void whatConnectionNamesStaysBehind(String name) throws Exception {
        assertThat(trailers(name + ": 1", "Connection: " + name).mayPass(0)).isFalse();
    }

    private static TrailerSection trailers(String... fields) throws HttpViolation {
        TrailerSection trailers = new TrailerSection(true);
        byte[] wire = Transcript.bytes(Transcript.head(fields));
        assertThat(HeadDecoder.forTrailers(HttpLimits.DEFAULT, true).decode(Unpooled.wrappedBuffer(wire), trailers))
                .isTrue();
        return trailers;
    }
}
