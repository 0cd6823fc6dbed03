// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.ErrorType.HTTP_REQUEST_ERROR;
import static io.gatehouse.proxy.ErrorType.HTTP_VERSION_NOT_SUPPORTED;
import static io.gatehouse.proxy.ErrorType.METHOD_NOT_ALLOWED;
import static io.gatehouse.proxy.ErrorType.TRANSFER_CODING_NOT_SUPPORTED;
import static io.gatehouse.proxy.http1.Transcript.head;

import io.gatehouse.proxy.ErrorType;
import java.util.List;
import java.util.stream.Stream;

/** Heads of requests that must be taken, and that must be refused; the rows of the hardening rules are among them. */
final class RequestHeadCases {
    private RequestHeadCases() {}

    static Stream<WireCase> all() {
        return Stream.of(accepted(), startLines(), targets(), fields(), hosts(), framing())
                .flatMap(List::stream);
    }

    static List<WireCase> accepted() {
        return List.of(
                taken("plain GET", head("GET / HTTP/1.1", "Host: a")),
                taken("HTTP/1.0 without Host", head("GET / HTTP/1.0")),
                taken("one empty line before", "\r\n" + head("GET / HTTP/1.1", "Host: a")),
                taken("pipelined", head("GET /1 HTTP/1.1", "Host: a") + head("GET /2 HTTP/1.1", "Host: a")),
                taken("unknown method", head("PROPFIND /x HTTP/1.1", "Host: a")),
                taken("longest method", head("M".repeat(24) + " / HTTP/1.1", "Host: a")),
                taken("OPTIONS *", head("OPTIONS * HTTP/1.1", "Host: a")),
                taken("query", head("GET /a?b=c&d=%zz?/\"<>\\ HTTP/1.1", "Host: a")),
                taken("empty query", head("GET /a? HTTP/1.1", "Host: a")),
                taken("encoded percent", head("GET /%25zz HTTP/1.1", "Host: a")),
                taken("encoded ? # and %25", head("GET /%3F/%23/%2525 HTTP/1.1", "Host: a")),
                taken("visible characters", head("GET /a\"<>[]^`{|}~;,=:@ HTTP/1.1", "Host: a")),
                taken("three dots", head("GET /.../.a/a./..a HTTP/1.1", "Host: a")),
                taken("empty segments", head("GET //a//b/ HTTP/1.1", "Host: a")),
                taken("path parameter", head("GET /a;jsessionid=1/b;c HTTP/1.1", "Host: a")),
                taken("absolute form", head("GET http://A.example:80/x?y HTTP/1.1", "Host: a.example:80")),
                taken("absolute https", head("GET https://a/ HTTP/1.1", "Host: a")),
                taken("IPv6 Host", head("GET / HTTP/1.1", "Host: [::1]:8080")),
                taken("IPv4 in IPv6 Host", head("GET / HTTP/1.1", "Host: [::ffff:10.0.0.1]")),
                taken("highest port", head("GET / HTTP/1.1", "Host: a_b-c.d~e:65535")),
                taken("no white space", head("GET / HTTP/1.1", "Host:a", "X:")),
                taken("white space around", head("GET / HTTP/1.1", "Host: \t a\t ", "X: \t")),
                taken("obs-text in a value", head("GET / HTTP/1.1", "Host: a", "X: \u00e9\u0080\u00ff")),
                taken("tab in a value", head("GET / HTTP/1.1", "Host: a", "X: a\tb")),
                taken("every token character", head("GET / HTTP/1.1", "Host: a", "!#$%&'*+-.^_`|~09azAZ: 1")),
                taken("Content-Length", head("POST / HTTP/1.1", "Host: a", "Content-Length: 3") + "abc"),
                taken("Content-Length 0", head("POST / HTTP/1.1", "Host: a", "content-length: 0")),
                taken("leading zeros", head("POST / HTTP/1.1", "Host: a", "Content-Length: 003") + "abc"),
                taken("Content-Length in 1.0", head("POST / HTTP/1.0", "Content-Length: 2") + "ab"),
                taken("chunked", head("POST / HTTP/1.1", "Host: a", "tRANSFER-eNCODING:\tCHUNKED ") + "0\r\n\r\n"),
                taken("Expect", head("PUT / HTTP/1.1", "Host: a", "Expect: 100-Continue", "Content-Length: 1") + "x"));
    }

    static List<WireCase> startLines() {
        return List.of(
                bad("HTTP/0.9", "GET /\r\n\r\n"),
                refused("version 0.9", head("GET / HTTP/0.9", "Host: a"), HTTP_VERSION_NOT_SUPPORTED),
                refused("version 2.0", head("GET / HTTP/2.0", "Host: a"), HTTP_VERSION_NOT_SUPPORTED),
                refused("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_VERSION_NOT_SUPPORTED),
                refused("version 1.2", head("GET / HTTP/1.2", "Host: a"), HTTP_VERSION_NOT_SUPPORTED),
                bad("version 1.10", head("GET / HTTP/1.10", "Host: a")),
                bad("version 1", head("GET / HTTP/1", "Host: a")),
                bad("version 1.x", head("GET / HTTP/1.x", "Host: a")),
                bad("version 1,1", head("GET / HTTP/1,1", "Host: a")),
                bad("lower-case version", head("GET / http/1.1", "Host: a")),
                bad("mixed-case version", head("GET / HTTp/1.1", "Host: a")),
                bad("another protocol", head("GET / ICAP/1.1", "Host: a")),
                bad("no version", head("GET / ", "Host: a")),
                bad("version alone", head("HTTP/1.1", "Host: a")),
                bad("nothing between", head("GET HTTP/1.1", "Host: a")),
                bad("no method", head(" / HTTP/1.1", "Host: a")),
                bad("space before", head(" GET / HTTP/1.1", "Host: a")),
                bad("tab before", head("\tGET / HTTP/1.1", "Host: a")),
                bad("NUL before", head("\0GET / HTTP/1.1", "Host: a")),
                bad("two spaces after the method", head("GET  / HTTP/1.1", "Host: a")),
                bad("two spaces, no target", head("GET  HTTP/1.1", "Host: a")),
                bad("two spaces before the version", head("GET /  HTTP/1.1", "Host: a")),
                bad("space at the end", head("GET / HTTP/1.1 ", "Host: a")),
                bad("tabs", head("GET\t/\tHTTP/1.1", "Host: a")),
                bad("tab before the version", head("GET /\tHTTP/1.1", "Host: a")),
                bad("vertical tab", head("GET\u000b/ HTTP/1.1", "Host: a")),
                bad("bare CR for a space", head("GET\r/ HTTP/1.1", "Host: a")),
                bad("bare CR before the version", head("GET /\rHTTP/1.1", "Host: a")),
                bad("bare LF at the end", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
                bad("CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
                bad("two empty lines before", "\r\n\r\n" + head("GET / HTTP/1.1", "Host: a")),
                bad("bare LF before", "\n" + head("GET / HTTP/1.1", "Host: a")),
                bad("bare CR before", "\r" + head("GET / HTTP/1.1", "Host: a")),
                bad("method with a colon", head("GE:T / HTTP/1.1", "Host: a")),
                bad("method with NUL", head("GE\0T / HTTP/1.1", "Host: a")),
                bad("method beyond ASCII", head("G\u00c9T / HTTP/1.1", "Host: a")),
                bad("too long a method", head("M".repeat(25) + " / HTTP/1.1", "Host: a")),
                bad("a TLS hello", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n"),
                refused("CONNECT", head("CONNECT a:443 HTTP/1.1", "Host: a:443"), METHOD_NOT_ALLOWED),
                refused("CONNECT with a path", head("CONNECT / HTTP/1.1", "Host: a"), METHOD_NOT_ALLOWED));
    }

    static List<WireCase> targets() {
        return Stream.of(
                        row("relative path", "a/b"),
                        row("query alone", "?a"),
                        row("* for GET", "*"),
                        row("** for OPTIONS", "**"),
                        row("authority form", "a:80"),
                        row("other scheme", "ftp://a/"),
                        row("scheme alone", "http://"),
                        row("scheme without authority", "http:///x"),
                        row("one slash", "http:/a/x"),
                        row("absolute without path", "http://a"),
                        row("absolute with query alone", "http://a?x"),
                        row("absolute with another host", "http://b/"),
                        row("absolute with another port", "http://a:80/"),
                        row("user info", "http://u:p@a/"),
                        row("dot segments in absolute form", "http://a/../x"),
                        row("fragment", "/a#b"),
                        row("fragment in the query", "/a?b#c"),
                        row("backslash", "/a\\b"),
                        row("space within", "/a b"),
                        row("space in the query", "/a?b c"),
                        row("NUL", "/a\0b"),
                        row("DEL", "/a\u007fb"),
                        row("control character in the query", "/a?\u0001"),
                        row("beyond ASCII", "/\u00e9"),
                        row("beyond ASCII in the query", "/?\u00e9"),
                        row("encoded slash", "/a%2fb"),
                        row("encoded slash, upper case", "/a%2Fb"),
                        row("encoded backslash", "/a%5cb"),
                        row("encoded dot", "/%2e/"),
                        row("encoded dots", "/%2E%2e/x"),
                        row("half encoded dots", "/.%2e/x"),
                        row("encoded NUL", "/a%00"),
                        row("bad % digits", "/%zz"),
                        row("half a bad %", "/%4g"),
                        row("% at the end", "/a%"),
                        row("one digit at the end", "/a%4"),
                        row("% before the query", "/a%?41"),
                        row("%u", "/%u002e"),
                        row("dot segment", "/./a"),
                        row("two dots", "/a/../b"),
                        row("dot at the end", "/a/."),
                        row("two dots at the end", "/a/.."),
                        row("two dots before the query", "/a/..?b"),
                        row("two dots alone", "/.."),
                        row("two dots with a parameter", "/a/..;/b"),
                        row("two dots with a value", "/a/..;x=y/b"),
                        row("dot with a parameter", "/a/.;/b"),
                        row("two dots with a parameter at the end", "/a/..;"))
                .map(row -> bad(
                        row.what(),
                        head((row.wire().equals("**") ? "OPTIONS " : "GET ") + row.wire() + " HTTP/1.1", "Host: a")))
                .toList();
    }

    static List<WireCase> fields() {
        return List.of(
                bad("space before the colon", head("GET / HTTP/1.1", "Host: a", "X : 1")),
                bad("tab before the colon", head("GET / HTTP/1.1", "Host: a", "X\t: 1")),
                bad("empty name", head("GET / HTTP/1.1", "Host: a", ": 1")),
                bad("no colon", head("GET / HTTP/1.1", "Host: a", "X")),
                bad("obs-fold with a space", head("GET / HTTP/1.1", "Host: a", "X: 1", " 2")),
                bad("obs-fold with a tab", head("GET / HTTP/1.1", "Host: a", "X: 1", "\t2")),
                bad("first line folded", head("GET / HTTP/1.1", " Host: a")),
                bad("line of white space", head("GET / HTTP/1.1", "Host: a", " ")),
                bad("bare LF", "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
                bad("bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
                bad("bare CR in a value", head("GET / HTTP/1.1", "Host: a", "X: 1\rY: 2")),
                bad("bare CR at the end of a value", head("GET / HTTP/1.1", "Host: a", "X: 1\r")),
                bad("bare CR as a line", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"),
                bad("NUL in a value", head("GET / HTTP/1.1", "Host: a", "X: 1\0")),
                bad("NUL in a name", head("GET / HTTP/1.1", "Host: a", "X\0: 1")),
                bad("vertical tab in a value", head("GET / HTTP/1.1", "Host: a", "X: \u000b1")),
                bad("DEL in a value", head("GET / HTTP/1.1", "Host: a", "X: \u007f")),
                bad("name beyond ASCII", head("GET / HTTP/1.1", "Host: a", "X\u00e9: 1")),
                bad("name in quotes", head("GET / HTTP/1.1", "Host: a", "\"X\": 1")),
                bad("name with a slash", head("GET / HTTP/1.1", "Host: a", "a/b: 1")),
                bad("another Expect", head("GET / HTTP/1.1", "Host: a", "Expect: 200-ok")),
                bad("empty Expect", head("GET / HTTP/1.1", "Host: a", "Expect:")));
    }

    static List<WireCase> hosts() {
        return Stream.concat(
                        Stream.of(
                                bad("no Host", head("GET / HTTP/1.1")),
                                bad("two Hosts", head("GET / HTTP/1.1", "Host: a", "Host: b")),
                                bad("the same Host twice", head("GET / HTTP/1.1", "Host: a", "hOST: a")),
                                bad("absolute form in 1.0 without Host", head("GET http://a/ HTTP/1.0")),
                                bad("space before Host's colon", head("GET / HTTP/1.1", "Host : a"))),
                        Stream.of(
                                        "",
                                        "a b",
                                        "a,b",
                                        "a/b",
                                        "a@b",
                                        "u:p@a",
                                        "http://a",
                                        "a\\b",
                                        "a?b",
                                        "a#b",
                                        "a%2e",
                                        "a\tb",
                                        "\u00e9",
                                        ":80",
                                        "a:",
                                        "a:b",
                                        "a:0",
                                        "a:65536",
                                        "a:080808",
                                        "a:-1",
                                        "a:80:80",
                                        "::1",
                                        "[::1",
                                        "::1]",
                                        "[]",
                                        "[:]",
                                        "[12]",
                                        "[...]",
                                        "[::1]a",
                                        "[::1]:",
                                        "[::1%25eth0]",
                                        "[v1.a]",
                                        "[::1][::1]",
                                        "a[::1]")
                                .map(host -> bad("Host '" + host + "'", head("GET / HTTP/1.1", "Host: " + host))))
                .toList();
    }

    /** Everything that makes two parsers disagree about where a request ends. */
    static List<WireCase> framing() {
        String line = "POST / HTTP/1.1";
        String host = "Host: a";
        String chunked = "Transfer-Encoding: chunked";
        Stream<WireCase> lengths = Stream.of(
                        "+3",
                        "-3",
                        "3,3",
                        "3, 3",
                        "3 3",
                        "0x3",
                        "3.0",
                        "3;",
                        "\"3\"",
                        "",
                        "e",
                        "\u00b2",
                        "99999999999999999999",
                        "18446744073709551619",
                        "0000000000000000003")
                .map(value ->
                        bad("Content-Length '" + value + "'", head(line, host, "Content-Length: " + value) + "abc"));
        Stream<WireCase> codings = Stream.of(
                        "chunked, chunked",
                        "xchunked",
                        "chunkedx",
                        "chunked, xchunked",
                        "xchunked, chunked",
                        "gzip, chunked",
                        "chunked, gzip",
                        "chunked,",
                        ",chunked",
                        "identity",
                        "gzip",
                        "\"chunked\"",
                        "chunked;q=1",
                        "chu nked",
                        "chunked chunked",
                        "",
                        "\u00a0chunked")
                .map(value -> refused(
                        "Transfer-Encoding '" + value + "'",
                        head(line, host, "Transfer-Encoding: " + value) + "0\r\n\r\n",
                        TRANSFER_CODING_NOT_SUPPORTED));
        Stream<WireCase> others = Stream.of(
                bad("CL.TE", head(line, host, "Content-Length: 5", chunked) + "0\r\n\r\n"),
                bad("TE.CL", head(line, host, chunked, "Content-Length: 5") + "0\r\n\r\n"),
                bad("CL.TE with length 0", head(line, host, "Content-Length: 0", chunked) + "0\r\n\r\n"),
                bad("a bad CL with TE", head(line, host, "Content-Length: x", chunked) + "0\r\n\r\n"),
                bad("TE twice", head(line, host, chunked, chunked) + "0\r\n\r\n"),
                bad("TE and another", head(line, host, chunked, "Transfer-Encoding: identity") + "0\r\n\r\n"),
                bad("TE in HTTP/1.0", head("POST / HTTP/1.0", host, chunked) + "0\r\n\r\n"),
                bad("CL twice", head(line, host, "Content-Length: 3", "Content-Length: 4") + "abc"),
                bad("the same CL twice", head(line, host, "Content-Length: 3", "content-length: 3") + "abc"),
                bad("space before CL's colon", head(line, host, "Content-Length : 3") + "abc"),
                bad("space before TE's colon", head(line, host, "Transfer-Encoding : chunked") + "0\r\n\r\n"),
                bad("vertical tab before TE's value", head(line, host, "Transfer-Encoding: \u000bchunked")),
                bad("form feed behind TE's value", head(line, host, "Transfer-Encoding: chunked\u000c")),
                bad("NUL behind TE's value", head(line, host, "Transfer-Encoding: chunked\0")),
                bad("folded TE", head(line, host, "Transfer-Encoding:", " chunked") + "0\r\n\r\n"),
                bad("TE behind a bare CR", head(line, host, "X: 1\rTransfer-Encoding: chunked")),
                bad("TE behind a bare LF", head(line, host, "X: 1\nTransfer-Encoding: chunked")),
                bad("TE in front of a fold", head(line, host, "Transfer-Encoding: chunked", " , identity")));
        return Stream.of(lengths, codings, others).flatMap(s -> s).toList();
    }

    private static WireCase row(String what, String target) {
        return new WireCase(what, target, null);
    }

    private static WireCase taken(String what, String wire) {
        return new WireCase(what, wire, null);
    }

    private static WireCase bad(String what, String wire) {
        return refused(what, wire, HTTP_REQUEST_ERROR);
    }

    private static WireCase refused(String what, String wire, ErrorType refusal) {
        return new WireCase(what, wire, refusal);
    }
}
