// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.http1.Transcript.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a decoded request says about itself. What is refused stands in {@link RequestHeadCases}. */
class RequestHeadTest {
    private final HeadDecoder decoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
    private final RequestHead head = new RequestHead();

    @ParameterizedTest
    @CsvSource({
        "/,/,''",
        "/a/b?c=d?e,/a/b,c=d?e",
        "/a?,/a,''",
        "/%25zz,/%25zz,''",
        "/%3F%23%2525?%2f..,/%3F%23%2525,%2f..",
        "http://a/x?y,/x,y",
        "https://A/,/,''",
    })
    void pathAndQueryStayAsTheyCame(String target, String path, String query) throws Exception {
        decode(head("GET " + target + " HTTP/1.1", "Host: a"));

        assertThat(head.path()).isEqualTo(path);
        assertThat(head.query()).isEqualTo(query);
        assertThat(head.isAsterisk()).isFalse();
    }

    @Test
    void optionsMayAskAboutTheServer() throws Exception {
        decode(head("OPTIONS * HTTP/1.1", "Host: a"));

        assertThat(head.isAsterisk()).isTrue();
        assertThat(head.path()).isEqualTo("*");
        assertThat(head.query()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1.1,X: 1,true",
        "1.1,Connection: close,false",
        "1.1,Connection: CLOSE,false",
        "1.1,'Connection: keep-alive, close',false",
        "1.1,Connection: closed,true",
        "1.0,X: 1,false",
        "1.0,Connection: Keep-Alive,true",
        "1.0,'Connection: keep-alive, close',false",
    })
    void theConnectionStaysOpenWhereTheClientKeepsIt(String version, String field, boolean expected) throws Exception {
        decode(head("GET / HTTP/" + version, "Host: a", field));

        assertThat(head.keepsAlive()).isEqualTo(expected);
    }

    @Test
    void bodiesAreAnnouncedByLengthOrChunks() throws Exception {
        decode(head("POST / HTTP/1.1", "Host: a", "Content-Length: 999999999999999999"));
        assertThat(head.contentLength()).isEqualTo(999_999_999_999_999_999L);
        assertThat(head.hasBody()).isTrue();

        decode(head("POST / HTTP/1.1", "Host: a", "Content-Length: 0"));
        assertThat(head.contentLength()).isZero();
        assertThat(head.hasBody()).isFalse();

        decode(head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"));
        assertThat(head.contentLength()).isEqualTo(MessageHead.NO_LENGTH);
        assertThat(head.isChunked()).isTrue();
        assertThat(head.hasBody()).isTrue();

        decode(head("POST / HTTP/1.1", "Host: a"));
        assertThat(head.hasBody()).isFalse();
    }

    @Test
    void onlyHttp11ClientsWaitForA100() throws Exception {
        decode(head("POST / HTTP/1.1", "Host: a", "Expect: 100-continue"));
        assertThat(head.expectsContinue()).isTrue();

        decode(head("POST / HTTP/1.0", "Host: a", "Expect: 100-continue"));
        assertThat(head.expectsContinue()).isFalse();
    }

    @Test
    void fieldsAreFoundByName() throws Exception {
        decode(head("GET / HTTP/1.1", "hOST: a", "X-Mine:  1 ", "Cookie: a=b", "cookie: c=d", "Empty:"));

        assertThat(head.hostField()).isZero();
        assertThat(head.fieldCount()).isEqualTo(5);
        assertThat(head.find(HeaderName.COOKIE)).isEqualTo(2);
        assertThat(head.find(HeaderName.EXPECT)).isEqualTo(-1);
        assertThat(head.value(HeaderName.COOKIE)).isEqualTo("a=b");
        assertThat(head.value(HeaderName.EXPECT)).isNull();
        assertThat(head.value("x-mine")).isEqualTo("1");
        assertThat(head.value("empty")).isEmpty();
        assertThat(head.value("other")).isNull();
        assertThat(head.valueIs(0, "a")).isTrue();
        assertThat(head.valueIs(0, "b")).isFalse();
    }

    @Test
    void aHeadUsedAgainRemembersNothing() throws Exception {
        decode(head("OPTIONS * HTTP/1.0", "Host: a", "Connection: close", "Expect: 100-continue", "Content-Length: 1"));
        decode(head("GET /x HTTP/1.1", "Host: b"));

        assertThat(head.method()).isEqualTo(Method.GET);
        assertThat(head.isAsterisk()).isFalse();
        assertThat(head.expectsContinue()).isFalse();
        assertThat(head.keepsAlive()).isTrue();
        assertThat(head.contentLength()).isEqualTo(MessageHead.NO_LENGTH);
        assertThat(head.fieldCount()).isEqualTo(1);
    }

    @Test
    void aLargeHeadLeavesNoLargeBufferBehind() throws Exception {
        decode(head("GET / HTTP/1.1", "Host: a", "X: " + "x".repeat(20_000)));
        assertThat(head.bytes().length).isGreaterThan(20_000);

        head.reset();

        assertThat(head.bytes()).hasSize(2048);
    }

    static Stream<WireCase> refused() {
        return RequestHeadCases.all().filter(row -> row.refusal() != null);
    }

    /** The access log reads a refused head too. */
    @ParameterizedTest
    @MethodSource("refused")
    void positionsInARefusedHeadLieInsideIt(WireCase row) throws Exception {
        // Given positions of an earlier request
        decode(head("PROPFIND /a/long/path/before HTTP/1.1", "Host: a"));

        // When
        assertThatExceptionOfType(HttpViolation.class).isThrownBy(() -> decode(row.wire()));

        // Then
        assertThat(head.methodStart()).isBetween(0, head.methodEnd());
        assertThat(head.methodEnd()).isLessThanOrEqualTo(head.length());
        assertThat(head.pathStart()).isBetween(0, head.pathEnd());
        assertThat(head.pathEnd()).isLessThanOrEqualTo(head.targetEnd());
        assertThat(head.queryStart()).isBetween(head.pathEnd(), head.targetEnd());
        assertThat(head.targetEnd()).isLessThanOrEqualTo(head.length());
        if (head.targetEnd() > 0) {
            assertThat(head.text(0, head.length()).substring(head.pathStart(), head.pathEnd()))
                    .isEqualTo(head.path());
        }
    }

    @Test
    void aViolationSaysTheRuleAndCarriesNoStack() {
        assertThatExceptionOfType(HttpViolation.class)
                .isThrownBy(() -> decode(head("GET /secret%00 HTTP/1.1", "Host: a")))
                .satisfies(violation -> {
                    assertThat(violation.type()).isEqualTo(ErrorType.HTTP_REQUEST_ERROR);
                    assertThat(violation.rule()).contains("NUL").doesNotContain("secret");
                    assertThat(violation.getStackTrace()).isEmpty();
                });
    }

    private void decode(String wire) throws HttpViolation {
        head.reset();
        decoder.begin();
        ByteBuf in = Unpooled.wrappedBuffer(Transcript.bytes(wire));
        while (!decoder.decode(in, head)) {
            assertThat(in.isReadable()).isTrue();
        }
    }
}
