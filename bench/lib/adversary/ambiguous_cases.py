# SPDX-License-Identifier: Apache-2.0
"""The table of requests. What stands in angle brackets is filled in by `client.substitute`: `<P>` is the proxy's prefix for the upstream, `<H>`
its own host and port, `<S>` a whole request for `/smuggled`, which must never be a request of the upstream's, `<N>` the length of `<S>`
and `<N5>` that with five bytes more, `<X>` and `<X5>` the same in hexadecimal. A case is invalid unless it says otherwise.
"""
from dataclasses import dataclass

HOST = b"Host: <H>"
CHUNKED = b"Transfer-Encoding: chunked"
SMUGGLED = b"<S>"
EVIL = b"203.0.113.66"


@dataclass(frozen=True)
class Case:
    """One client's bytes. `kind`: 'invalid' (refuse it), 'valid' (pass it), 'either' (both are right). `most`: requests that a strict reader
    finds at most; `before`: valid ones in front of the invalid; `never`: bytes that no head may bring to the upstream; `policy`: a rule of
    Gatehouse that other proxies must be configured for."""
    group: str
    name: str
    raw: bytes
    kind: str = "invalid"
    most: int = 1
    before: int = 0
    never: tuple = ()
    bodies: tuple = ()
    policy: bool = False

    @property
    def method(self):
        return self.raw.lstrip().partition(b" ")[0]


def head(*lines):
    return b"\r\n".join((*lines, b"", b""))


def get(*fields):
    return head(b"GET <P>/x HTTP/1.1", HOST, *fields)


def post(*fields):
    return head(b"POST <P>/x HTTP/1.1", HOST, *fields)


def line(text):
    """A request with that request line."""
    return head(text, HOST)


def chunked(body):
    return post(CHUNKED) + body


def all_cases():
    """Every case, in groups."""
    groups = (cl_and_te, codings, lengths, no_body, chunks, trailers, lines_and_bytes, request_lines, hosts, targets, paths,
              expectations, connection_fields, upgrades, forwarding_fields, pipelines, sizes, valid)
    return [case for group in groups for case in group()]


def cl_and_te():
    """Two framings in one head (RFC 9112 section 6.1)."""
    group = "CL and TE"
    whole = b"0\r\n\r\n"
    inner = b"1\r\nZ\r\n0\r\n\r\n"
    return [
        Case(group, "CL.TE", post(b"Content-Length: <N5>", CHUNKED) + whole + SMUGGLED),
        Case(group, "TE.CL", post(CHUNKED, b"Content-Length: 4") + b"<X>\r\n" + SMUGGLED + b"\r\n" + whole),
        Case(group, "CL.TE, both right", post(b"Content-Length: %d" % len(inner), CHUNKED) + inner),
        Case(group, "TE.CL, both right", post(CHUNKED, b"Content-Length: %d" % len(inner)) + inner),
        Case(group, "CL 0 and TE", post(b"Content-Length: 0", CHUNKED) + inner + SMUGGLED),
        Case(group, "bad CL and TE", post(b"Content-Length: x", CHUNKED) + inner),
        Case(group, "CL.TE in a GET", get(b"Content-Length: 5", CHUNKED) + whole + SMUGGLED),
        Case(group, "TE in HTTP/1.0", head(b"POST <P>/x HTTP/1.0", HOST, CHUNKED) + inner),
        Case(group, "TE in HTTP/1.0, kept alive",
             head(b"POST <P>/x HTTP/1.0", HOST, b"Connection: keep-alive", CHUNKED) + whole + SMUGGLED),
        Case(group, "CL and TE in HTTP/1.0", head(b"POST <P>/x HTTP/1.0", HOST, b"Content-Length: 5", CHUNKED) + whole),
        Case(group, "CL and an unknown coding", post(b"Content-Length: 5", b"Transfer-Encoding: xchunked") + b"hello"),
        Case(group, "CL and TE identity", post(b"Content-Length: 5", b"Transfer-Encoding: identity") + b"hello"),
        Case(group, "CL and TE, space before the colon", post(b"Content-Length: 5", b"Transfer-Encoding : chunked") + b"0\r\n\r\n"),
        Case(group, "CL and TE behind a bare CR", post(b"Content-Length: 5", b"X: 1\rTransfer-Encoding: chunked") + b"0\r\n\r\n"),
        Case(group, "CL and TE behind a bare LF", post(b"Content-Length: 5", b"X: 1\nTransfer-Encoding: chunked") + b"0\r\n\r\n"),
        Case(group, "CL and a folded TE", post(b"Content-Length: 5", b"Transfer-Encoding:", b" chunked") + b"0\r\n\r\n"),
    ]


def codings():
    """Values of Transfer-Encoding that are nearly `chunked`."""
    values = {
        "vertical tab before": b"\x0bchunked", "form feed behind": b"chunked\x0c", "NUL behind": b"chunked\0",
        "no-break space before": b"\xa0chunked", "quoted": b'"chunked"', "with a parameter": b"chunked;q=1",
        "chunked, chunked": b"chunked, chunked", "chunked, xchunked": b"chunked, xchunked", "xchunked, chunked": b"xchunked, chunked",
        "chunked, identity": b"chunked, identity", "identity, chunked": b"identity, chunked", "gzip, chunked": b"gzip, chunked",
        "chunked, gzip": b"chunked, gzip", "list with an empty end": b"chunked,", "list with an empty start": b",chunked",
        "xchunked": b"xchunked", "chunkedx": b"chunkedx", "chunk": b"chunk", "identity": b"identity", "gzip": b"gzip", "empty": b"",
        "space within": b"chun ked", "two words": b"chunked chunked", "bare CR behind": b"chunked\r", "LF and a tab before": b"\n\tchunked",
    }
    cases = [Case("TE.TE", name, post(b"Transfer-Encoding: " + value) + b"0\r\n\r\n") for name, value in values.items()]
    return cases + [
        Case("TE.TE", "twice", post(CHUNKED, CHUNKED) + b"0\r\n\r\n"),
        Case("TE.TE", "twice, the second unknown", post(CHUNKED, b"Transfer-Encoding: x") + b"0\r\n\r\n"),
        Case("TE.TE", "twice, the first unknown", post(b"Transfer-Encoding: x", CHUNKED) + b"0\r\n\r\n"),
        Case("TE.TE", "twice, the second identity", post(CHUNKED, b"Transfer-Encoding: identity") + b"0\r\n\r\n"),
        Case("TE.TE", "folded", post(b"Transfer-Encoding:", b" chunked") + b"0\r\n\r\n"),
        Case("TE.TE", "in front of a fold", post(CHUNKED, b" , identity") + b"0\r\n\r\n"),
        Case("TE.TE", "space before the colon", post(b"Transfer-Encoding : chunked") + b"0\r\n\r\n"),
        Case("TE.TE", "tab before the colon", post(b"Transfer-Encoding\t: chunked") + b"0\r\n\r\n"),
        Case("TE.TE", "space before the name", post(b"X: y", b" Transfer-Encoding: chunked") + b"0\r\n\r\n"),
        Case("TE.TE", "NUL in the name", post(b"Transfer\0-Encoding: chunked") + b"0\r\n\r\n"),
    ]


def lengths():
    """Content-Length by everything but one row of digits (RFC 9110 section 8.6)."""
    values = {
        "plus": b"+5", "minus": b"-5", "list of equals": b"5, 5", "list of others": b"5, 6", "hexadecimal": b"0x5", "hex digit": b"a",
        "fraction": b"5.0", "exponent": b"5e0", "empty": b"", "word": b"five", "space within": b"5 5", "comma behind": b"5,",
        "quoted": b'"5"', "underscore": b"0_5", "64 bits": b"18446744073709551621", "20 digits": b"99999999999999999999",
        "NUL behind": b"5\0", "vertical tab before": b"\x0b5", "bare CR behind": b"5\r", "other digits": "\u0665".encode(),
        "semicolon": b"5;a",
    }
    cases = [Case("CL", name, post(b"Content-Length: " + value) + b"hello") for name, value in values.items()]
    return cases + [
        Case("CL", "twice, different", post(b"Content-Length: 5", b"Content-Length: 6") + b"hello"),
        Case("CL", "twice, the same", post(b"Content-Length: 5", b"Content-Length: 5") + b"hello"),
        Case("CL", "twice, one of them 0", post(b"Content-Length: 0", b"Content-Length: 5") + b"hello"),
        Case("CL", "space before the colon", post(b"Content-Length : 5") + b"hello"),
        Case("CL", "tab before the colon", post(b"Content-Length\t: 5") + b"hello"),
        Case("CL", "folded", post(b"Content-Length:", b" 5") + b"hello"),
        Case("CL", "fold behind", post(b"Content-Length: 5", b" 6") + b"hello"),
        Case("CL", "0 in front", post(b"Content-Length: 005") + b"hello", "valid", bodies=(b"hello",)),
        Case("CL", "white space around", post(b"Content-Length: \t5 \t") + b"hello", "valid", bodies=(b"hello",)),
    ]


def no_body():
    """Framings that one side does not look at (0.CL, CL.0, TE.0): what is declared is the body, and no more."""
    return [
        Case("0.CL and CL.0", "GET with a length", get(b"Content-Length: <N>") + SMUGGLED, "either"),
        Case("0.CL and CL.0", "GET in chunks", get(CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n", "either", bodies=(b"hello",)),
        Case("0.CL and CL.0", "HEAD with a length",
             head(b"HEAD <P>/x HTTP/1.1", HOST, b"Content-Length: <N>") + SMUGGLED, "either"),
        Case("0.CL and CL.0", "OPTIONS with a length",
             head(b"OPTIONS <P>/x HTTP/1.1", HOST, b"Content-Length: <N>") + SMUGGLED, "either"),
        Case("0.CL and CL.0", "TRACE with a body", head(b"TRACE <P>/x HTTP/1.1", HOST, b"Content-Length: 5") + b"hello", "either"),
        Case("0.CL and CL.0", "more body than declared", post(b"Content-Length: 5") + b"hello world", most=1, before=1),
        Case("0.CL and CL.0", "POST without a length", post() + b"hello", most=1, before=1),
        Case("0.CL and CL.0", "less body than declared", post(b"Content-Length: 500") + b"hello", most=0),
        Case("0.CL and CL.0", "less chunks than declared", chunked(b"5\r\nhello\r\n"), most=0),
        Case("0.CL and CL.0", "redirect path with a length", head(b"POST <P> HTTP/1.1", HOST, b"Content-Length: <N>") + SMUGGLED,
             "either"),
    ]


def chunks():
    """Chunks outside the grammar of RFC 9112 section 7.1."""
    bodies = {
        "LF alone behind the size": b"5\nhello\r\n0\r\n\r\n", "CR alone behind the size": b"5\rhello\r\n0\r\n\r\n",
        "LF alone behind the data": b"5\r\nhello\n0\r\n\r\n", "LF alone at the end": b"5\r\nhello\r\n0\r\n\n",
        "LF alone everywhere": b"5\nhello\n0\n\n", "nothing behind the data": b"5\r\nhello0\r\n\r\n",
        "other bytes behind the data": b"5\r\nhelloXX0\r\n\r\n", "minus": b"-5\r\nhello\r\n0\r\n\r\n", "plus": b"+5\r\nhello\r\n0\r\n\r\n",
        "0x": b"0x5\r\nhello\r\n0\r\n\r\n", "underscore": b"0_5\r\nhello\r\n0\r\n\r\n", "no digit": b"\r\nhello\r\n0\r\n\r\n",
        "word": b"five\r\nhello\r\n0\r\n\r\n", "space before": b" 5\r\nhello\r\n0\r\n\r\n", "space behind": b"5 \r\nhello\r\n0\r\n\r\n",
        "tab behind": b"5\t\r\nhello\r\n0\r\n\r\n", "NUL behind": b"5\0\r\nhello\r\n0\r\n\r\n",
        "64 bits and more": b"10000000000000005\r\nhello\r\n0\r\n\r\n", "as large as it goes": b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "CR CR LF": b"5\r\r\nhello\r\n0\r\n\r\n", "empty line between": b"5\r\nhello\r\n\r\n0\r\n\r\n",
        "extension ended by LF": b"5;a\nhello\r\n0\r\n\r\n", "CR in an extension": b"5;a\rb\r\nhello\r\n0\r\n\r\n",
        "CR LF in a quoted extension": b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n', "LF in a quoted extension": b'5;a="\n"\r\nhello\r\n0\r\n\r\n',
        "open quotes in an extension": b'5;a="x\r\nhello\r\n0\r\n\r\n', "NUL in an extension": b"5;a=\0\r\nhello\r\n0\r\n\r\n",
        "empty extension": b"5;\r\nhello\r\n0\r\n\r\n", "white space in an extension": b"5 ; a = b\r\nhello\r\n0\r\n\r\n",
        "two last chunks": b"0\r\n0\r\n\r\n", "minus zero": b"-0\r\n\r\n",
    }
    return [Case("chunk grammar", name, chunked(body)) for name, body in bodies.items()] + [
        Case("chunk grammar", "extension that hides a request", chunked(b"5;a\n" + b"xxxxx\r\n<X5>\r\n0\r\n\r\n" + SMUGGLED + b"\r\n0\r\n\r\n")),
        Case("chunk grammar", "endless extension", chunked(b"5;" + b"a" * 20000 + b"\r\nhello\r\n0\r\n\r\n")),
        Case("chunk grammar", "garbage behind the last chunk", chunked(b"5\r\nhello\r\n0\r\n\r\ngarbage"), most=1, before=1),
        Case("chunk grammar", "size of 15 digits with zeros", chunked(b"000000000000005\r\nhello\r\n0\r\n\r\n"), "either", bodies=()),
    ]


def trailers():
    """Fields behind the last chunk: they must not frame, route or say who it is (RFC 9110 section 6.5.1)."""
    def with_trailer(*fields):
        return chunked(b"5\r\nhello\r\n0\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n")

    return [
        Case("trailers", "Content-Length", with_trailer(b"Content-Length: 500"), never=(b"length: 500",)),
        Case("trailers", "Transfer-Encoding", with_trailer(b"Transfer-Encoding: chunked, evil"), never=(b"evil",)),
        Case("trailers", "Host", with_trailer(b"Host: evil.example"), never=(b"evil.example",)),
        Case("trailers", "Authorization", with_trailer(b"Authorization: Basic ZXZpbDpldmls"), "either", never=(b"ZXZpbDpldmls",), policy=True),
        Case("trailers", "X-Forwarded-For", with_trailer(b"X-Forwarded-For: " + EVIL), "either", never=(EVIL,), policy=True),
        Case("trailers", "folded", with_trailer(b"X: 1", b" 2")),
        Case("trailers", "LF alone", chunked(b"0\r\nX: 1\n\r\n")),
        Case("trailers", "space before the colon", with_trailer(b"X : 1")),
        Case("trailers", "no field", with_trailer(b"nonsense")),
        Case("trailers", "a request for a trailer", chunked(b"0\r\n" + SMUGGLED)),
        Case("trailers", "NUL", with_trailer(b"X: \0")),
        Case("trailers", "many", with_trailer(*[b"X-%d: y" % each for each in range(5000)]), "either", bodies=()),
    ]


def lines_and_bytes():
    """Ends of lines, folds and control bytes in the head (RFC 9112 sections 2.2 and 5)."""
    def raw(*lines, end=b"\r\n"):
        return end.join((b"GET <P>/x HTTP/1.1", HOST, *lines, b"", b""))

    return [
        Case("lines and bytes", "LF alone everywhere", raw(end=b"\n")),
        Case("lines and bytes", "CR alone everywhere", raw(end=b"\r")),
        Case("lines and bytes", "LF CR", raw(end=b"\n\r")),
        Case("lines and bytes", "LF alone behind the request line", b"GET <P>/x HTTP/1.1\n" + HOST + b"\r\n\r\n"),
        Case("lines and bytes", "LF alone behind a field", b"GET <P>/x HTTP/1.1\r\n" + HOST + b"\nX: 1\r\n\r\n"),
        Case("lines and bytes", "LF alone for the empty line", b"GET <P>/x HTTP/1.1\r\n" + HOST + b"\r\n\n"),
        Case("lines and bytes", "CR CR LF", b"GET <P>/x HTTP/1.1\r\n" + HOST + b"\r\r\n\r\n"),
        Case("lines and bytes", "CR in a value", raw(b"X: a\rb")),
        Case("lines and bytes", "CR that hides a field", raw(b"X: a\rX-Forwarded-For: " + EVIL)),
        Case("lines and bytes", "CR alone as a line", b"GET <P>/x HTTP/1.1\r\n" + HOST + b"\r\n\r\r\n"),
        Case("lines and bytes", "NUL in a value", raw(b"X: a\0b")),
        Case("lines and bytes", "NUL in a name", raw(b"X\0Y: a")),
        Case("lines and bytes", "control byte in a value", raw(b"X: a\x01b")),
        Case("lines and bytes", "DEL in a value", raw(b"X: a\x7fb")),
        Case("lines and bytes", "control byte in a name", raw(b"X\x01: a")),
        Case("lines and bytes", "folded with a space", raw(b"X: a", b" b")),
        Case("lines and bytes", "folded with a tab", raw(b"X: a", b"\tb")),
        Case("lines and bytes", "fold before the first field", b"GET <P>/x HTTP/1.1\r\n X: a\r\n" + HOST + b"\r\n\r\n"),
        Case("lines and bytes", "fold that hides a field", raw(b"X: a", b" Transfer-Encoding: chunked")),
        Case("lines and bytes", "line of white space", raw(b" ")),
        Case("lines and bytes", "space before the colon", raw(b"X : a")),
        Case("lines and bytes", "no name", raw(b": a")),
        Case("lines and bytes", "no colon", raw(b"X")),
        Case("lines and bytes", "space in a name", raw(b"X Y: a")),
        Case("lines and bytes", "name in quotes", raw(b'"X": a')),
        Case("lines and bytes", "name beyond ASCII", raw(b"X\xe9: a")),
        Case("lines and bytes", "name with a bracket", raw(b"X(y): a")),
        Case("lines and bytes", "two empty lines before", b"\r\n\r\n" + raw(), "either"),
        Case("lines and bytes", "LF before", b"\n" + raw()),
        Case("lines and bytes", "CR before", b"\r" + raw()),
        Case("lines and bytes", "NUL before", b"\0" + raw()),
        Case("lines and bytes", "control bytes before", b"\x01\x02\x1f" + raw()),
        Case("lines and bytes", "space before", b" " + raw()),
        Case("lines and bytes", "byte order mark before", b"\xef\xbb\xbf" + raw()),
        Case("lines and bytes", "TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40 + b"\r\n\r\n", most=0),
        Case("lines and bytes", "PROXY protocol", b"PROXY TCP4 203.0.113.66 203.0.113.67 1 2\r\n" + raw()),
    ]


def request_lines():
    """Request lines outside `method SP target SP version` (RFC 9112 section 3)."""
    lines = {
        "tabs": b"GET\t<P>/x\tHTTP/1.1", "two spaces before the target": b"GET  <P>/x HTTP/1.1",
        "two spaces before the version": b"GET <P>/x  HTTP/1.1", "space at the end": b"GET <P>/x HTTP/1.1 ",
        "vertical tab": b"GET\x0b<P>/x HTTP/1.1", "form feed": b"GET <P>/x\x0cHTTP/1.1", "space in the target": b"GET <P>/x y HTTP/1.1",
        "request line within": b"GET <P>/x HTTP/1.1 HTTP/1.1", "NUL in the target": b"GET <P>/x\0y HTTP/1.1",
        "control byte in the target": b"GET <P>/x\x01y HTTP/1.1", "CR in the target": b"GET <P>/x\ry HTTP/1.1",
        "HTTP/0.9": b"GET <P>/x", "version 0.9": b"GET <P>/x HTTP/0.9", "version 1.2": b"GET <P>/x HTTP/1.2", "version 2.0": b"GET <P>/x HTTP/2.0",
        "version 2": b"GET <P>/x HTTP/2", "version 1.10": b"GET <P>/x HTTP/1.10", "version 01.1": b"GET <P>/x HTTP/01.1",
        "version 1": b"GET <P>/x HTTP/1", "version 1.": b"GET <P>/x HTTP/1.", "version 1,1": b"GET <P>/x HTTP/1,1",
        "lower-case version": b"GET <P>/x http/1.1", "another protocol": b"GET <P>/x ICAP/1.1", "method with a control byte": b"GE\x01T <P>/x HTTP/1.1",
        "method with a slash": b"G/T <P>/x HTTP/1.1", "method beyond ASCII": b"G\xc9T <P>/x HTTP/1.1", "no method": b" <P>/x HTTP/1.1",
        "no target": b"GET HTTP/1.1", "empty target": b"GET  HTTP/1.1",
    }
    return [Case("request line", name, line(text)) for name, text in lines.items()] + [
        Case("request line", "lower-case method", line(b"get <P>/x HTTP/1.1"), "either"),
        Case("request line", "unknown method", line(b"FROBNICATE <P>/x HTTP/1.1"), "either"),
        Case("request line", "endless method", line(b"M" * 5000 + b" <P>/x HTTP/1.1")),
    ]


def hosts():
    """Exactly one valid Host, whatever else names a host (RFC 9112 section 3.2)."""
    def host(*fields, text=b"GET <P>/x HTTP/1.1"):
        return head(text, *fields)

    values = {
        "empty": b"", "two names": b"a b", "list": b"a, evil.example", "path": b"a/b", "user information": b"u:p@evil.example",
        "user alone": b"evil@a", "scheme": b"http://a", "query": b"a?b", "fragment": b"a#b", "backslash": b"a\\b", "port that is a word": b"a:x",
        "port too large": b"a:99999", "two ports": b"a:80:81", "no name": b":80", "open bracket": b"[::1", "zone": b"[::1%25eth0]",
        "NUL": b"a\0b", "tab": b"a\tb", "percent": b"a%2eb", "beyond ASCII": b"\xe9", "quotes": b'"a"', "angle brackets": b"<script>",
    }
    return [Case("Host", name, host(b"Host: " + value)) for name, value in values.items()] + [
        Case("Host", "none", host(b"X: 1")),
        Case("Host", "two", host(HOST, b"Host: evil.example")),
        Case("Host", "two the same", host(HOST, HOST)),
        Case("Host", "space before the colon", host(b"Host : <H>")),
        Case("Host", "folded", host(b"Host:", b" <H>")),
        Case("Host", "two in HTTP/1.0", host(HOST, b"Host: evil.example", text=b"GET <P>/x HTTP/1.0")),
        Case("Host", "empty in HTTP/1.0", host(b"Host:", text=b"GET <P>/x HTTP/1.0")),
        Case("Host", "none in HTTP/1.0", host(b"X: 1", text=b"GET <P>/x HTTP/1.0"), "valid"),
    ]


def targets():
    """Targets in other forms than a path (RFC 9112 section 3.2): a host that the client names is never asked."""
    return [
        Case("target", "absolute, same host", line(b"GET http://<H><P>/x HTTP/1.1"), "valid"),
        Case("target", "absolute, other host", line(b"GET http://evil.example<P>/x HTTP/1.1"), "either", never=(b"evil.example",)),
        Case("target", "absolute, user information", line(b"GET http://u:p@<H><P>/x HTTP/1.1")),
        Case("target", "absolute, other scheme", line(b"GET ftp://<H><P>/x HTTP/1.1")),
        Case("target", "absolute, file", line(b"GET file:///etc/passwd HTTP/1.1")),
        Case("target", "absolute, no host", line(b"GET http:///x HTTP/1.1")),
        Case("target", "absolute, port that is none", line(b"GET http://<H>x<P>/x HTTP/1.1")),
        Case("target", "absolute without Host", head(b"GET http://<H><P>/x HTTP/1.1")),
        Case("target", "authority", line(b"GET evil.example:80 HTTP/1.1"), never=(b"evil.example",)),
        Case("target", "CONNECT", head(b"CONNECT evil.example:443 HTTP/1.1", b"Host: evil.example:443") + SMUGGLED, never=(b"CONNECT",)),
        Case("target", "CONNECT with a path", line(b"CONNECT <P>/x HTTP/1.1"), never=(b"CONNECT",)),
        Case("target", "asterisk in a GET", line(b"GET * HTTP/1.1")),
        Case("target", "OPTIONS *", line(b"OPTIONS * HTTP/1.1"), "either"),
        Case("target", "OPTIONS **", line(b"OPTIONS ** HTTP/1.1")),
        Case("target", "TRACE", line(b"TRACE <P>/x HTTP/1.1"), "either", never=(b"TRACE",), policy=True),
        Case("target", "TRACK", line(b"TRACK <P>/x HTTP/1.1"), "either"),
        Case("target", "no slash", line(b"GET x HTTP/1.1")),
        Case("target", "query alone", line(b"GET ?x HTTP/1.1")),
        Case("target", "at sign", line(b"GET @evil.example<P>/x HTTP/1.1"), never=(b"evil.example",)),
        Case("target", "fragment", line(b"GET <P>/x#y HTTP/1.1")),
        Case("target", "fragment in the query", line(b"GET <P>/x?y#z HTTP/1.1")),
        Case("target", "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0", most=0),
    ]


def paths():
    """Paths that mean another path to whoever decodes or resolves them."""
    values = {
        "two dots": b"/a/../b", "two dots at the end": b"/a/..", "one dot": b"/a/./b", "out of the prefix": b"/../../admin",
        "encoded dots": b"/a/%2e%2e/b", "half encoded dots": b"/a/.%2E/b", "encoded slash": b"/a%2fb", "encoded slash and dots": b"/..%2f..%2fadmin",
        "encoded backslash": b"/a%5cb", "backslash": b"/a\\..\\b", "encoded NUL": b"/a%00b", "two dots and a semicolon": b"/a/..;/b",
        "two dots and a parameter": b"/a/..;x=y/b", "bad percent": b"/a%zz", "percent at the end": b"/a%", "%u": b"/a%u002e%u002e/b",
        "raw bytes beyond ASCII": b"/\xc3\xa9", "overlong slash, raw": b"/a\xc0\xafb",
    }
    odd = {
        "encoded twice": b"/a/%252e%252e/b", "overlong dot": b"/a/%c0%ae%c0%ae/b", "overlong slash": b"/a%c0%afb", "two slashes": b"//a//b",
        "encoded CR LF": b"/a%0d%0aX:%20y", "encoded space": b"/a%20b", "semicolon": b"/a;b=c/d", "three dots": b"/.../a",
    }
    return ([Case("path", name, line(b"GET <P>" + value + b" HTTP/1.1"), policy=True) for name, value in values.items()]
            + [Case("path", name, line(b"GET <P>" + value + b" HTTP/1.1"), "either") for name, value in odd.items()])


def expectations():
    """RFC 9110 section 10.1.1."""
    return [
        Case("Expect", "unknown", post(b"Expect: 200-maybe", b"Content-Length: 5") + b"hello"),
        Case("Expect", "empty", post(b"Expect:", b"Content-Length: 5") + b"hello"),
        Case("Expect", "list", post(b"Expect: 100-continue, x", b"Content-Length: 5") + b"hello"),
        Case("Expect", "in a GET", get(b"Expect: 100-continue"), "either"),
        Case("Expect", "in HTTP/1.0",
             head(b"POST <P>/x HTTP/1.0", HOST, b"Expect: 100-continue", b"Content-Length: 5") + b"hello", "either", bodies=(b"hello",)),
        Case("Expect", "with the body at once", post(b"Expect: 100-continue", b"Content-Length: 5") + b"hello", "valid", bodies=(b"hello",)),
        Case("Expect", "with a bad length", post(b"Expect: 100-continue", b"Content-Length: +5") + b"hello"),
        Case("Expect", "obfuscated", post(b"Expect: y 100-continue", b"Content-Length: <N>") + SMUGGLED),
    ]


def connection_fields():
    """Fields for one hop, and those that Connection names, end here (RFC 9110 section 7.6.1)."""
    def named(name):
        return b"Connection: close, " + name

    group = "Connection"
    return [
        Case(group, "names Content-Length", post(named(b"Content-Length"), b"Content-Length: <N>") + SMUGGLED),
        Case(group, "names Transfer-Encoding", post(named(b"Transfer-Encoding"), CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n"),
        Case(group, "names Host", get(named(b"Host"))),
        Case(group, "names X-Forwarded-For", get(named(b"X-Forwarded-For"), b"X-Forwarded-For: " + EVIL), "either", never=(EVIL,), policy=True),
        Case(group, "names a field", get(named(b"X-Secret"), b"X-Secret: evil"), "valid", never=(b"X-Secret: evil",), policy=True),
        Case(group, "names a field elsewhere", get(b"Connection: close", b"X-Secret: evil", b"Connection: x-secret"), "either",
             never=(b"X-Secret: evil",), policy=True),
        Case(group, "names hundreds", get(b"Connection: " + b", ".join(b"X-%d" % each for each in range(500))), "either"),
        Case(group, "garbage", get(b"Connection: \xff;,,;=close"), "either"),
        Case(group, "Keep-Alive", get(b"Connection: close", b"Keep-Alive: evil"), "valid", never=(b"Keep-Alive: evil",), policy=True),
        Case(group, "Proxy-Connection", get(b"Connection: close", b"Proxy-Connection: evil"), "valid", never=(b"Proxy-Connection: evil",), policy=True),
        Case(group, "Proxy-Authorization", get(b"Connection: close", b"Proxy-Authorization: Basic evil"), "valid",
             never=(b"Proxy-Authorization",), policy=True),
        Case(group, "TE", get(b"Connection: close, TE", b"TE: trailers, evil"), "valid", never=(b"evil",), policy=True),
    ]


def upgrades():
    """An upgrade that the upstream refuses leaves ordinary bytes behind it; h2c never passes (RFC 9113 section 3.1)."""
    group = "upgrade"
    settings = b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
    h2c = (b"Upgrade: h2c", settings)
    websocket = (b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    no_h2c = (b"h2c",)
    return [
        Case(group, "HTTP2-Settings alone", get(b"Connection: close", settings), "either", never=(b"HTTP2-Settings",), policy=True),
        Case(group, "h2c", get(b"Connection: Upgrade, HTTP2-Settings", *h2c), "either", never=no_h2c),
        Case(group, "h2c, only Upgrade named", get(b"Connection: Upgrade", *h2c), "either", never=no_h2c),
        Case(group, "h2c, nothing named", get(*h2c), "either", never=no_h2c),
        Case(group, "h2c in a list", get(b"Connection: Upgrade", b"Upgrade: websocket, h2c"), "either", never=(b"h2c",)),
        Case(group, "h2c with a body", post(b"Connection: Upgrade, HTTP2-Settings", *h2c, b"Content-Length: 5") + b"hello", "either", never=no_h2c),
        Case(group, "h2c and frames behind", get(b"Connection: Upgrade, HTTP2-Settings", *h2c) + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "either",
             never=no_h2c),
        Case(group, "h2", get(b"Connection: Upgrade", b"Upgrade: h2"), "either", never=(b"Upgrade: h2",), policy=True),
        Case(group, "TLS", get(b"Connection: Upgrade", b"Upgrade: TLS/1.0"), "either", never=(b"Upgrade: TLS",), policy=True),
        Case(group, "websocket refused, frames behind", get(*websocket) + b"\x81\x85\0\0\0\0hello", "either"),
        Case(group, "websocket with a body", post(*websocket, b"Content-Length: <N>") + SMUGGLED, "either"),
        Case(group, "websocket, version that is none", get(*websocket[:2], b"Sec-WebSocket-Version: 1337", websocket[3]), "either"),
        Case(group, "websocket in HTTP/1.0", head(b"GET <P>/x HTTP/1.0", HOST, *websocket), "either", never=(b"Upgrade: websocket",)),
        Case(group, "twice", get(*websocket, b"Upgrade: h2c"), "either", never=(b"h2c",)),
    ]


def forwarding_fields():
    """What a client says in the name of a proxy: replaced, because nobody is trusted."""
    names = (b"X-Forwarded-For", b"X-Forwarded-Host", b"X-Forwarded-Proto", b"X-Forwarded-Port", b"X-Forwarded-Prefix", b"X-Forwarded-Context",
             b"X-Forwarded-User", b"X-Forwarded-Client-Cert", b"X-Real-IP", b"X-Original-URL", b"X-Rewrite-URL", b"X-Original-Host")
    group = "forwarding fields"
    return [Case(group, name.decode(), get(b"Connection: close", name + b": " + EVIL), "valid", never=(EVIL,), policy=True) for name in names] + [
        Case(group, "Forwarded", get(b"Connection: close", b"Forwarded: for=" + EVIL), "valid", never=(EVIL,), policy=True),
        Case(group, "X-Forwarded-For twice", get(b"Connection: close", b"X-Forwarded-For: " + EVIL, b"x-forwarded-for: " + EVIL), "valid",
             never=(EVIL,), policy=True),
    ]


def pipelines():
    """Several requests in one go: each reaches the upstream once, with its own body, in order."""
    def numbered(number, body):
        return head(b"POST <P>/%d HTTP/1.1" % number, HOST, b"Content-Length: %d" % len(body)) + body

    group = "pipeline"
    return [
        Case(group, "three with bodies", numbered(1, b"one") + numbered(2, b"two") + numbered(3, b"three"), "valid", most=3,
             bodies=(b"one", b"two", b"three")),
        Case(group, "length, then chunks", numbered(1, b"one") + chunked(b"3\r\ntwo\r\n0\r\n\r\n"), "valid", most=2, bodies=(b"one", b"two")),
        Case(group, "chunks, then GET", chunked(b"3\r\none\r\n0\r\n\r\n") + get(), "valid", most=2, bodies=(b"one", b"")),
        Case(group, "a body that looks like a request", head(b"POST <P>/1 HTTP/1.1", HOST, b"Content-Length: <N>") + SMUGGLED + get(), "valid", most=2),
        Case(group, "the second is ambiguous", get() + post(b"Content-Length: 5", CHUNKED) + b"0\r\n\r\n" + SMUGGLED, before=1),
        Case(group, "garbage behind", get() + b"\0\1\2 garbage\r\n\r\n", before=1),
        Case(group, "something behind close", get(b"Connection: close") + SMUGGLED, "valid"),
        Case(group, "something behind HTTP/1.0", head(b"GET <P>/x HTTP/1.0", HOST) + SMUGGLED, "valid"),
    ]


def sizes():
    """More than anybody needs."""
    group = "size"
    return [
        Case(group, "endless request line", line(b"GET <P>/" + b"a" * 200_000 + b" HTTP/1.1")),
        Case(group, "endless field", get(b"X: " + b"a" * 400_000)),
        Case(group, "endless name", get(b"X" * 200_000 + b": a")),
        Case(group, "20,000 fields", get(*[b"X-%d: a" % each for each in range(20_000)])),
        Case(group, "20,000 empty lines", b"\r\n" * 20_000 + get(), "either"),
    ]


def valid():
    """Controls: whoever refuses these breaks applications."""
    group = "valid"
    return [
        Case(group, "GET", get(), "valid"),
        Case(group, "HEAD", head(b"HEAD <P>/x HTTP/1.1", HOST), "valid"),
        Case(group, "one empty line before", b"\r\n" + get(), "valid"),
        Case(group, "length", post(b"Content-Length: 5") + b"hello", "valid", bodies=(b"hello",)),
        Case(group, "chunks", chunked(b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"), "valid", bodies=(b"hello world",)),
        Case(group, "trailer", chunked(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"), "valid", bodies=(b"hello",)),
        Case(group, "Chunked in capitals", post(b"TRANSFER-ENCODING: CHUNKED") + b"5\r\nhello\r\n0\r\n\r\n", "valid", bodies=(b"hello",)),
        Case(group, "tab before chunked", post(b"Transfer-Encoding:\tchunked \t") + b"5\r\nhello\r\n0\r\n\r\n", "valid", bodies=(b"hello",)),
        Case(group, "HTTP/1.0", head(b"GET <P>/x HTTP/1.0", HOST), "valid"),
        Case(group, "empty value", get(b"X:"), "valid"),
        Case(group, "obs-text in a value", get(b"X: \xe9"), "valid"),
        Case(group, "token characters in a name", get(b"!#$%&'*+-.^_`|~09azAZ: 1"), "either"),
        Case(group, "underscore in a name", get(b"X_y: 1"), "either"),
        Case(group, "query with anything", line(b"GET <P>/x?a=b&c=%2e%2e/../%00&d={\"e\":[1]} HTTP/1.1"), "valid"),
        Case(group, "escaped percent, question mark and hash", line(b"GET <P>/a%25b/%3F/%23 HTTP/1.1"), "valid"),
        Case(group, "PUT without a body", head(b"PUT <P>/x HTTP/1.1", HOST, b"Content-Length: 0"), "valid"),
        Case(group, "4 KiB of cookies", get(b"Cookie: a=" + b"b" * 4096), "valid"),
    ]
