// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.ErrorType.HTTP_REQUEST_ERROR;
import static io.gatehouse.proxy.ErrorType.HTTP_RESPONSE_HEADER_SECTION_SIZE;
import static io.gatehouse.proxy.ErrorType.REQUEST_HEAD_TOO_LARGE;
import static io.gatehouse.proxy.ErrorType.REQUEST_LINE_TOO_LONG;
import static io.gatehouse.proxy.http1.Transcript.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every limit at its edge and one beyond, wherever the bytes are cut. */
class HeadDecoderLimitsTest {
    private static final HttpLimits TIGHT = new HttpLimits(64, 256, 8);
    /** The start line may be as long as the head. */
    private static final HttpLimits LEVEL = new HttpLimits(256, 256, 8);

    private static final String HOST = "Host: a";

    @Test
    void aStartLineMayBeAsLongAsTheLimit() {
        assertTaken(TIGHT, head(startLine(64), HOST));
        assertTaken(TIGHT, "\r\n" + head(startLine(64), HOST));
    }

    @Test
    void aStartLineOneByteLongerIsRefused() {
        assertRefused(TIGHT, head(startLine(65), HOST), REQUEST_LINE_TOO_LONG);
        assertRefused(TIGHT, "\r\n" + head(startLine(65), HOST), REQUEST_LINE_TOO_LONG);
    }

    @Test
    void anUnfinishedStartLineIsRefusedAsSoonAsItIsTooLong() {
        assertRefused(TIGHT, "GET /" + "a".repeat(61), REQUEST_LINE_TOO_LONG);
        assertThat(EveryCut.requests(TIGHT, "GET /" + "a".repeat(60)).refusal()).isNull();
    }

    @Test
    void aBadFirstByteIsToldBeforeTheLength() {
        assertRefused(TIGHT, "(" + "a".repeat(100) + "\r\n\r\n", HTTP_REQUEST_ERROR);
        assertRefused(TIGHT, "(", HTTP_REQUEST_ERROR);
    }

    @Test
    void lengthIsToldBeforeABadLineEnd() {
        assertRefused(TIGHT, "GET /" + "a".repeat(61) + "\n", REQUEST_LINE_TOO_LONG);
        assertRefused(TIGHT, "GET /" + "a".repeat(60) + "\n", HTTP_REQUEST_ERROR);
    }

    @Test
    void aCarriageReturnAloneAtTheStartIsRefusedAtOnce() {
        assertRefused(TIGHT, "\r\r", HTTP_REQUEST_ERROR);
        assertRefused(TIGHT, "\r\n\rG", HTTP_REQUEST_ERROR);
    }

    @Test
    void aHeadMayBeAsLargeAsTheLimit() {
        assertTaken(TIGHT, paddedHead(256));
        assertTaken(LEVEL, paddedHead(256));
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 258, 300, 5000})
    void aLargerHeadIsRefused(int size) {
        assertRefused(TIGHT, paddedHead(size), REQUEST_HEAD_TOO_LARGE);
    }

    @Test
    void anUnfinishedHeadIsRefusedAsSoonAsItIsTooLarge() {
        String endless = paddedHead(5000);
        assertThat(EveryCut.requests(TIGHT, endless.substring(0, 256)).refusal())
                .isNull();
        assertRefused(TIGHT, endless.substring(0, 257), REQUEST_HEAD_TOO_LARGE);
    }

    @Test
    void bytesBehindAHeadAreNoPartOfIt() {
        String request = head("POST / HTTP/1.1", HOST, "Content-Length: 5000") + "x".repeat(5000);
        assertThat(MessageReader.requests(TIGHT, Transcript.bytes(request)).messages())
                .hasSize(1);
    }

    @Test
    void aHeadMayHaveAsManyFieldsAsTheLimit() {
        assertTaken(TIGHT, head("GET / HTTP/1.1", HOST).replace("\r\n\r\n", "\r\n" + "X:\r\n".repeat(7) + "\r\n"));
    }

    @Test
    void oneFieldMoreIsRefused() {
        assertRefused(
                TIGHT,
                head("GET / HTTP/1.1", HOST).replace("\r\n\r\n", "\r\n" + "X:\r\n".repeat(8) + "\r\n"),
                REQUEST_HEAD_TOO_LARGE);
    }

    @Test
    void manyFieldsAreKeptInOrder() {
        HttpLimits wide = new HttpLimits(64, 0xffff, 1000);
        StringBuilder fields = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (int field = 0; field < 999; field++) {
            fields.append("X-").append(field).append(": ").append(field).append("\r\n");
        }
        Transcript read = MessageReader.requests(wide, Transcript.bytes(fields + "\r\n"));
        assertThat(read.messages().getFirst().fields()).hasSize(1000).endsWith("X-998: 998");
    }

    @Test
    void aResponseHasTheSameLimitsUnderAnotherName() {
        assertThat(EveryCut.responses(TIGHT, head("HTTP/1.1 200 " + "O".repeat(51), "Content-Length: 0"))
                        .refusal())
                .isNull();
        assertThat(EveryCut.responses(TIGHT, head("HTTP/1.1 200 " + "O".repeat(52)))
                        .refusal())
                .isEqualTo(HTTP_RESPONSE_HEADER_SECTION_SIZE);
        assertThat(EveryCut.responses(TIGHT, head("HTTP/1.1 200 OK", "X: " + "x".repeat(300)))
                        .refusal())
                .isEqualTo(HTTP_RESPONSE_HEADER_SECTION_SIZE);
        assertThat(EveryCut.responses(TIGHT, "HTTP/1.1 200 OK\r\n" + "X:\r\n".repeat(9) + "\r\n")
                        .refusal())
                .isEqualTo(HTTP_RESPONSE_HEADER_SECTION_SIZE);
    }

    @Test
    void trailersHaveTheLimitsOfAHead() {
        String body = ChunkedCases.REQUEST_HEAD + "0\r\n";
        assertTaken(TIGHT, body + "X:\r\n".repeat(8) + "\r\n");
        assertRefused(TIGHT, body + "X:\r\n".repeat(9) + "\r\n", REQUEST_HEAD_TOO_LARGE);
        assertTaken(TIGHT, body + "X: " + "x".repeat(249) + "\r\n\r\n");
        assertRefused(TIGHT, body + "X: " + "x".repeat(250) + "\r\n\r\n", REQUEST_HEAD_TOO_LARGE);
        assertRefused(TIGHT, body + "X: " + "x".repeat(1000), REQUEST_HEAD_TOO_LARGE);
    }

    private static String startLine(int length) {
        return "GET /" + "a".repeat(length - "GET / HTTP/1.1".length()) + " HTTP/1.1";
    }

    private static String paddedHead(int size) {
        int bare = head("GET / HTTP/1.1", HOST, "X: ").length();
        return head("GET / HTTP/1.1", HOST, "X: " + "x".repeat(size - bare));
    }

    private static void assertTaken(HttpLimits limits, String wire) {
        Transcript read = EveryCut.requests(limits, wire);
        assertThat(read.refusal()).isNull();
        assertThat(read.messages()).hasSize(1);
    }

    private static void assertRefused(HttpLimits limits, String wire, ErrorType refusal) {
        assertThat(EveryCut.requests(limits, wire)).isEqualTo(new Transcript(List.of(), refusal));
    }
}
