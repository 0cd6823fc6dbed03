// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Chunked bodies, without the head in front of them. */
final class ChunkedCases {
    static final String REQUEST_HEAD = Transcript.head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked");
    static final String RESPONSE_HEAD = Transcript.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked");

    private ChunkedCases() {}

    /** Framed body to what it says. */
    static Map<String, String> whole() {
        return Map.ofEntries(
                Map.entry("0\r\n\r\n", ""),
                Map.entry("3\r\nabc\r\n0\r\n\r\n", "abc"),
                Map.entry("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
                Map.entry("a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n", "01234567890123456789"),
                Map.entry("000000000000003\r\nabc\r\n000000000000000\r\n\r\n", "abc"),
                Map.entry("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
                Map.entry("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
                Map.entry("1;a\r\nx\r\n0;last\r\n\r\n", "x"),
                Map.entry("1;a=b;c=d\r\nx\r\n0\r\n\r\n", "x"),
                Map.entry("1;a=\"b c;\\\"\t=,\";d\r\nx\r\n0\r\n\r\n", "x"),
                Map.entry("1;a=\"\"\r\nx\r\n0\r\n\r\n", "x"),
                Map.entry("1;" + "e".repeat(256) + "\r\nx\r\n1;" + "e".repeat(256) + "\r\ny\r\n0\r\n\r\n", "xy"),
                Map.entry("1\r\nx\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n", "x"),
                Map.entry("0\r\nAuthorization: b\r\nTrailer: c\r\n\r\n", ""));
    }

    static List<String> broken() {
        return Stream.of(
                        "\r\n",
                        "g\r\n",
                        "-1\r\nx",
                        "+1\r\nx\r\n0\r\n\r\n",
                        "0x1\r\nx\r\n0\r\n\r\n",
                        "0X1\r\nx\r\n0\r\n\r\n",
                        "1h\r\nx\r\n0\r\n\r\n",
                        "1_0\r\nx\r\n0\r\n\r\n",
                        " 1\r\nx\r\n0\r\n\r\n",
                        "\t1\r\nx\r\n0\r\n\r\n",
                        "1 \r\nx\r\n0\r\n\r\n",
                        "1\t\r\nx\r\n0\r\n\r\n",
                        "1 ;a\r\nx\r\n0\r\n\r\n",
                        "1\0\r\nx\r\n0\r\n\r\n",
                        ";a\r\n\r\n",
                        "\u0661\r\n",
                        "0000000000000001\r\nx\r\n0\r\n\r\n",
                        "ffffffffffffffff\r\n",
                        "10000000000000001\r\nx\r\n0\r\n\r\n",
                        "1\nx\r\n0\r\n\r\n",
                        "1\rx\r\n0\r\n\r\n",
                        "1\r\r\nx\r\n0\r\n\r\n",
                        "1\r\nx\n0\r\n\r\n",
                        "1\r\nx0\r\n\r\n",
                        "1\r\nxy\r\n0\r\n\r\n",
                        "1\r\nx\r0\r\n\r\n",
                        "1\r\nx\r\n\r\n0\r\n\r\n",
                        "2\r\nx\r\n0\r\n\r\n",
                        "0\n\r\n",
                        "0\r\n\n",
                        "0\r\n\rx",
                        "1;a\nx\r\n0\r\n\r\n",
                        "1;a\rb\r\nx\r\n0\r\n\r\n",
                        "1;a\0\r\nx\r\n0\r\n\r\n",
                        "1;a=\"b\r\nc\"\r\nx\r\n0\r\n\r\n",
                        "1;a=\"b\nc\"\r\nx\r\n0\r\n\r\n",
                        "1;a=\"b\u007f\"\r\nx\r\n0\r\n\r\n",
                        "1;a=\"\u00e9\"\r\nx\r\n0\r\n\r\n",
                        "1;a=\"\\\u0001\"\r\nx\r\n0\r\n\r\n",
                        "1;\r\nx\r\n0\r\n\r\n",
                        "1;;a\r\nx\r\n0\r\n\r\n",
                        "1;a;\r\nx\r\n0\r\n\r\n",
                        "1;a=\r\nx\r\n0\r\n\r\n",
                        "1;a=;b\r\nx\r\n0\r\n\r\n",
                        "1;=b\r\nx\r\n0\r\n\r\n",
                        "1;a=b=c\r\nx\r\n0\r\n\r\n",
                        "1;a@b\r\nx\r\n0\r\n\r\n",
                        "1;a b\r\nx\r\n0\r\n\r\n",
                        "1;\u00e9\r\nx\r\n0\r\n\r\n",
                        "1;a=\"b\"c\r\nx\r\n0\r\n\r\n",
                        "1;a=\"b\r\nx\r\n0\r\n\r\n",
                        "1;" + "e".repeat(257) + "\r\nx\r\n0\r\n\r\n",
                        "0\r\nContent-Length: 5\r\n\r\n",
                        "1\r\nx\r\n0\r\ntransfer-encoding: chunked\r\n\r\n",
                        "0\r\nX: 1\r\nHOST: b\r\n\r\n",
                        "0\r\nX : 1\r\n\r\n",
                        "0\r\n: 1\r\n\r\n",
                        "0\r\nX: 1\n\r\n",
                        "0\r\nX: 1\r\n 2\r\n\r\n",
                        "0\r\n X: 1\r\n\r\n",
                        "0\r\nX: \0\r\n\r\n",
                        "0\r\nX\r\n\r\n",
                        "0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
                .toList();
    }

    /** All of them behind the head of a request. */
    static Stream<WireCase> requests() {
        return rows(REQUEST_HEAD, ErrorType.HTTP_REQUEST_ERROR);
    }

    /** All of them behind the head of a response. */
    static Stream<WireCase> responses() {
        return rows(RESPONSE_HEAD, ErrorType.HTTP_PROTOCOL_ERROR);
    }

    private static Stream<WireCase> rows(String head, ErrorType refusal) {
        return Stream.concat(
                whole().keySet().stream().sorted().map(body -> new WireCase(shown(body), head + body, null)),
                broken().stream().map(body -> new WireCase(shown(body), head + body, refusal)));
    }

    private static String shown(String body) {
        String start = body.length() > 40 ? body.substring(0, 40) + "…" : body;
        return start.replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\0", "\\0")
                .replace("\t", "\\t");
    }
}
