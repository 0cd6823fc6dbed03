// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.ErrorType.HTTP_PROTOCOL_ERROR;
import static io.gatehouse.proxy.http1.Transcript.head;

import java.util.List;
import java.util.stream.Stream;

/** Heads of responses to GET requests, with their bodies. */
final class ResponseHeadCases {
    private ResponseHeadCases() {}

    static Stream<WireCase> all() {
        return Stream.concat(accepted().stream(), refused().stream());
    }

    static List<WireCase> accepted() {
        return List.of(
                taken("plain", head("HTTP/1.1 200 OK", "Content-Length: 2") + "ab"),
                taken("until the end of the connection", head("HTTP/1.1 200 OK") + "anything\r\n\r\n"),
                taken("HTTP/1.0", head("HTTP/1.0 200 OK") + "abc"),
                taken("no reason", head("HTTP/1.1 200 ", "Content-Length: 0")),
                taken("no reason and no space", head("HTTP/1.1 200", "Content-Length: 0")),
                taken("a long reason", head("HTTP/1.1 404 Not\tFound \u00e9", "Content-Length: 0")),
                taken("204", head("HTTP/1.1 204 No Content") + head("HTTP/1.1 200 OK", "Content-Length: 1") + "x"),
                taken("304 with a length", head("HTTP/1.1 304 Not Modified", "Content-Length: 10")),
                taken("100, then 200", head("HTTP/1.1 100 Continue") + head("HTTP/1.1 200 OK", "Content-Length: 0")),
                taken("103 with fields", head("HTTP/1.1 103 Early Hints", "Link: </x>")),
                taken("highest status", head("HTTP/1.1 599 X", "Content-Length: 0")),
                taken("no fields, closed", head("HTTP/1.1 500 Oops")),
                taken("chunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: Chunked") + "1\r\nx\r\n0\r\n\r\n"));
    }

    static List<WireCase> refused() {
        return List.of(
                bad("HTTP/0.9", "<html>\r\n\r\n"),
                bad("an empty line first", "\r\n" + head("HTTP/1.1 200 OK")),
                bad("version 2.0", head("HTTP/2.0 200 OK")),
                bad("version 1.2", head("HTTP/1.2 200 OK")),
                bad("version 0.9", head("HTTP/0.9 200 OK")),
                bad("lower-case version", head("http/1.1 200 OK")),
                bad("another protocol", head("ICY/1.1 200 OK")),
                bad("version alone", head("HTTP/1.1")),
                bad("short status", head("HTTP/1.1 20")),
                bad("short status with a reason", head("HTTP/1.1 20 OK")),
                bad("long status", head("HTTP/1.1 2000 OK")),
                bad("status with a letter", head("HTTP/1.1 2x0 OK")),
                bad("status below 100", head("HTTP/1.1 099 OK")),
                bad("status above 599", head("HTTP/1.1 600 OK")),
                bad("signed status", head("HTTP/1.1 -20 OK")),
                bad("two spaces before the status", head("HTTP/1.1  200 OK")),
                bad("tab before the status", head("HTTP/1.1\t200 OK")),
                bad("tab behind the status", head("HTTP/1.1 200\tOK")),
                bad("control character in the reason", head("HTTP/1.1 200 O\u0001K")),
                bad("bare CR in the reason", head("HTTP/1.1 200 O\rK")),
                bad("bare LF at the end of the status line", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
                bad("bare LF", "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n"),
                bad("obs-fold", head("HTTP/1.1 200 OK", "X: 1", " 2")),
                bad("space before the colon", head("HTTP/1.1 200 OK", "Content-Length : 0")),
                bad("empty name", head("HTTP/1.1 200 OK", ": 0")),
                bad("NUL in a value", head("HTTP/1.1 200 OK", "X: \0")),
                bad("CL and TE", head("HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked")),
                bad("TE and CL", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Length: 5")),
                bad("TE in HTTP/1.0", head("HTTP/1.0 200 OK", "Transfer-Encoding: chunked")),
                bad("TE twice", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")),
                bad("chunked, chunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked, chunked")),
                bad("gzip, chunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked")),
                bad("xchunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: xchunked")),
                bad("chunked, xchunked", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked, xchunked")),
                bad("identity", head("HTTP/1.1 200 OK", "Transfer-Encoding: identity")),
                bad("empty TE", head("HTTP/1.1 200 OK", "Transfer-Encoding:")),
                bad("CL twice", head("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6")),
                bad("the same CL twice", head("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5")),
                bad("CL as a list", head("HTTP/1.1 200 OK", "Content-Length: 5, 5")),
                bad("signed CL", head("HTTP/1.1 200 OK", "Content-Length: +5")),
                bad("negative CL", head("HTTP/1.1 200 OK", "Content-Length: -5")),
                bad("empty CL", head("HTTP/1.1 200 OK", "Content-Length:")),
                bad("overflowing CL", head("HTTP/1.1 200 OK", "Content-Length: 9223372036854775808")));
    }

    private static WireCase taken(String what, String wire) {
        return new WireCase(what, wire, null);
    }

    private static WireCase bad(String what, String wire) {
        return new WireCase(what, wire, HTTP_PROTOCOL_ERROR);
    }
}
