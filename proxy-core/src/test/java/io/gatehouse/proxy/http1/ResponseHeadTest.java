// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.http1.Transcript.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a decoded response says about itself. What is refused stands in {@link ResponseHeadCases}. */
class ResponseHeadTest {
    private final HeadDecoder decoder = HeadDecoder.forResponses(HttpLimits.DEFAULT);
    private final ResponseHead head = new ResponseHead();

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK,200,OK",
        "HTTP/1.1 404 Not Found,404,Not Found",
        "HTTP/1.1 200,200,''",
        "'HTTP/1.1 200 ',200,''",
    })
    void statusAndReasonAreRead(String line, int status, String reason) throws Exception {
        decode(head(line));

        assertThat(head.status()).isEqualTo(status);
        assertThat(head.text(head.reasonStart(), head.reasonEnd())).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "200,GET,false",
        "200,HEAD,true",
        "204,GET,true",
        "304,GET,true",
        "100,POST,true",
        "199,POST,true",
        "205,GET,false",
        "404,GET,false",
    })
    void someResponsesNeverHaveABody(int status, Method method, boolean bodiless) throws Exception {
        decode(head("HTTP/1.1 " + status + " X", "Content-Length: 5"));

        assertThat(head.isBodiless(method)).isEqualTo(bodiless);
        assertThat(head.isInterim()).isEqualTo(status < 200);
    }

    @ParameterizedTest
    @CsvSource({"1.1,X: 1,true", "1.1,Connection: close,false", "1.0,X: 1,false", "1.0,Connection: keep-alive,true"})
    void theUpstreamSaysWhetherItKeepsTheConnection(String version, String field, boolean expected) throws Exception {
        decode(head("HTTP/" + version + " 200 OK", field));

        assertThat(head.keepsAlive()).isEqualTo(expected);
    }

    @Test
    void aHeadUsedAgainRemembersNothing() throws Exception {
        decode(head("HTTP/1.0 500 Oops", "Transfer-Encodin: chunked", "Content-Length: 7"));
        head.reset();

        assertThat(head.status()).isZero();
        assertThat(head.contentLength()).isEqualTo(MessageHead.NO_LENGTH);
        assertThat(head.text(head.reasonStart(), head.reasonEnd())).isEmpty();
        assertThat(head.fieldCount()).isZero();
    }

    private void decode(String wire) throws HttpViolation {
        head.reset();
        decoder.begin();
        assertThat(decoder.decode(Unpooled.wrappedBuffer(Transcript.bytes(wire)), head))
                .isTrue();
    }
}
