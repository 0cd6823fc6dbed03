# SPDX-License-Identifier: Apache-2.0
"""The table of upstreams. Each answers the request for `/case` by its steps; the steps of `upstream.py` are bytes, CLOSE, RESET, SILENCE,
pauses, drips and floods. `best` is what a proxy can do at its best: 'error' (502, 503, 504), 'cut' (the answer has begun), 'whole',
'either' (whole by a proxy that does not decode, no whole answer by one that does)."""
from dataclasses import dataclass

from . import client
from .upstream import CLOSE, RESET, SILENCE, drip, flood, ok, pause


@dataclass(frozen=True)
class Case:
    """One fault. `status`, `body`: of the answer where `best` is 'whole' or it may be `repaired` (None: any body); `most`: how often the
    request may reach the upstream; `warm`: a good request goes before, so that the connection is a kept one."""
    group: str
    name: str
    steps: tuple
    best: str
    status: int = 200
    body: object = b"hello"
    repaired: bool = False
    method: bytes = b"GET"
    most: int = 1
    warm: bool = False
    early: bool = False
    refused: bool = False
    interims: tuple = ()
    content: bytes = b""

    @property
    def request(self):
        if self.method == b"POST":
            return client.get(b"/case", b"Content-Length: %d" % len(self.content), method=b"POST") + self.content
        return client.get(b"/case", b"Accept-Encoding: gzip", method=self.method)


def head(*fields, status=b"200 OK"):
    return b"\r\n".join((b"HTTP/1.1 " + status, b"Content-Type: text/plain", *fields, b"", b""))


LENGTH = head(b"Content-Length: 10")
CHUNKED = head(b"Transfer-Encoding: chunked")
GOOD = ok(b"hello")


def all_cases():
    """Every case, in groups."""
    groups = (ends, invalid_heads, framings, interims, bodyless, surplus, time_cases, sizes, repeats, encodings)
    return [case for group in groups for case in group()]


def ends():
    """A close or a reset at every place."""
    before = {"before the status line": b"", "within the status line": b"HTTP/1.1 20", "within the head": b"HTTP/1.1 200 OK\r\nContent-Le",
              "before the empty line": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"}
    within = {"before the body": LENGTH, "within the body": LENGTH + b"hello", "before a chunk": CHUNKED,
              "within a chunk size": CHUNKED + b"5\r\nhello\r\n1", "within a chunk": CHUNKED + b"a\r\nhello",
              "behind a chunk": CHUNKED + b"5\r\nhello", "between CR and LF": CHUNKED + b"5\r\nhello\r", "between chunks": CHUNKED + b"5\r\nhello\r\n",
              "within the last chunk": CHUNKED + b"5\r\nhello\r\n0\r\n", "within the trailers": CHUNKED + b"5\r\nhello\r\n0\r\nX: 1\r\n"}
    cases = [Case("ends", f"{how} {where}", (sent, how) if sent else (how,), best)
             for best, places in (("error", before), ("cut", within)) for where, sent in places.items() for how in (CLOSE, RESET)]
    return cases + [
        Case("ends", "close ends a body without a length", (head() + b"hello", CLOSE), "whole"),
        Case("ends", "reset within a body without a length", (head() + b"hello", RESET), "cut"),
        Case("ends", "close within a POST", (CLOSE,), "error", method=b"POST", content=b"hello"),
        Case("ends", "reset within a POST", (RESET,), "error", method=b"POST", content=b"hello"),
        Case("ends", "connection refused", (), "error", refused=True, most=0),
        Case("ends", "connection refused, POST", (), "error", refused=True, most=0, method=b"POST", content=b"hello"),
    ]


def invalid_heads():
    """What is no answer."""
    heads = {
        "garbage": b"\0\1\2\3garbage\r\n\r\n", "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/0.9": b"<html>hello</html>",
        "version 2.0": b"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "version 3.7": b"HTTP/3.7 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "version 1.2": b"HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "no version": b"200 OK\r\nContent-Length: 5\r\n\r\nhello", "status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello",
        "status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello", "status 999": b"HTTP/1.1 999 X\r\nContent-Length: 5\r\n\r\nhello",
        "status 000": b"HTTP/1.1 000 X\r\nContent-Length: 5\r\n\r\nhello", "status that is a word": b"HTTP/1.1 OK\r\nContent-Length: 5\r\n\r\nhello",
        "folded field": head(b"X: a", b" b", b"Content-Length: 5") + b"hello", "NUL in a field": head(b"X: a\0b", b"Content-Length: 5") + b"hello",
        "CR in a field": head(b"X: a\rSet-Cookie: evil", b"Content-Length: 5") + b"hello",
        "space before the colon": head(b"Content-Length : 5") + b"hello", "no colon": head(b"nonsense", b"Content-Length: 5") + b"hello",
        "name that is none": head(b"X Y: a", b"Content-Length: 5") + b"hello", "LF alone": head(b"Content-Length: 5").replace(b"\r", b"") + b"hello",
        "control byte in the reason": b"HTTP/1.1 200 O\1K\r\nContent-Length: 5\r\n\r\nhello", "empty line before": b"\r\n" + GOOD,
        "request instead of an answer": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    }
    return [Case("invalid heads", name, (sent, pause(0.2), CLOSE), "error", repaired=True) for name, sent in heads.items()]


def framings():
    """Answers whose end two readers see at two places."""
    heads = {
        "length and chunks": head(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        "chunks and length": head(b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"5\r\nhello\r\n0\r\n\r\n",
        "length twice, the same": head(b"Content-Length: 5", b"Content-Length: 5") + b"hello",
        "length twice, different": head(b"Content-Length: 5", b"Content-Length: 3") + b"hello",
        "length list": head(b"Content-Length: 5, 5") + b"hello", "negative length": head(b"Content-Length: -5") + b"hello",
        "signed length": head(b"Content-Length: +5") + b"hello", "length that is a word": head(b"Content-Length: five") + b"hello",
        "length of 20 digits": head(b"Content-Length: 99999999999999999999") + b"hello", "empty length": head(b"Content-Length:") + b"hello",
        "xchunked": head(b"Transfer-Encoding: xchunked") + b"5\r\nhello\r\n0\r\n\r\n",
        "chunked, xchunked": head(b"Transfer-Encoding: chunked, xchunked") + b"5\r\nhello\r\n0\r\n\r\n",
        "chunked twice": head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        "gzip, chunked": head(b"Transfer-Encoding: gzip, chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        "identity": head(b"Transfer-Encoding: identity") + b"hello",
        "chunks in HTTP/1.0": head(b"Transfer-Encoding: chunked").replace(b"/1.1", b"/1.0") + b"5\r\nhello\r\n0\r\n\r\n",
    }
    chunks = {
        "size that is a word": b"five\r\nhello\r\n", "negative size": b"-5\r\nhello\r\n", "endless size": b"f" * 17 + b"\r\nhello\r\n",
        "space behind the size": b"5 x\r\nhello\r\n", "nothing behind the data": b"5\r\nhello0\r\n\r\n", "longer than its size": b"3\r\nhello\r\n0\r\n\r\n",
        "LF behind the data": b"5\r\nhello\nxx", "CR LF in a quoted extension": b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
        "trailer that is none": b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n",
    }
    return ([Case("framing", name, (sent, pause(0.2), CLOSE), "error", repaired=True) for name, sent in heads.items()]
            + [Case("framing", f"chunk: {name}", (CHUNKED + sent, pause(0.2), CLOSE), "cut", repaired=name.startswith("trailer"))
               for name, sent in chunks.items()]
            + [Case("framing", "chunk: LF behind the size", (CHUNKED + b"5\nhello\r\n0\r\n\r\n", pause(0.2), CLOSE), "cut", repaired=True)])


def interims():
    """1xx before, instead of and after the answer (RFC 9110 section 15.2)."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    proceed = b"HTTP/1.1 100 Continue\r\n\r\n"
    switching = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    return [
        Case("interim", "103 before", (hints + GOOD,), "whole", interims=(103,)),
        Case("interim", "100 unasked", (proceed + GOOD,), "whole", interims=(100,)),
        Case("interim", "100 alone, then close", (proceed, CLOSE), "error", interims=(100,)),
        Case("interim", "100 after the answer", (GOOD + proceed,), "whole"),
        Case("interim", "100 later than the answer", (GOOD, pause(0.1), proceed), "whole"),
        Case("interim", "1,000 times 100", (proceed * 1000 + GOOD,), "error", repaired=True, interims=(100,)),
        Case("interim", "100 without an end", (flood(proceed * 100, 100_000), CLOSE), "error", interims=(100,)),
        Case("interim", "103 without an end", (flood(hints * 100, 100_000), CLOSE), "error", interims=(103,)),
        Case("interim", "101 unasked", (switching % b"websocket" + b"evil", pause(0.2), CLOSE), "error"),
        Case("interim", "101 to h2c", (switching % b"h2c" + b"\0\0\0\4\0\0\0\0\0", pause(0.2), CLOSE), "error"),
        Case("interim", "101 to a POST", (switching % b"websocket", pause(0.2), CLOSE), "error", method=b"POST", content=b"hello"),
        Case("interim", "199", (b"HTTP/1.1 199 X\r\n\r\n" + GOOD,), "whole", interims=(199,)),
        Case("interim", "100 with a length", (b"HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n" + GOOD,), "whole", interims=(100,)),
    ]


def bodyless():
    """Answers that never have a body (RFC 9112 section 6.3)."""
    return [
        Case("bodyless", "204 with a body", (head(b"Content-Length: 5", status=b"204 No Content") + b"hello",), "whole", status=204, body=b""),
        Case("bodyless", "204 in chunks", (head(b"Transfer-Encoding: chunked", status=b"204 No Content") + b"5\r\nhello\r\n0\r\n\r\n",), "whole",
             status=204, body=b""),
        Case("bodyless", "304 with a body", (head(b"Content-Length: 5", status=b"304 Not Modified") + b"hello",), "whole", status=304, body=b""),
        Case("bodyless", "HEAD with a body", (GOOD,), "whole", method=b"HEAD", body=b""),
        Case("bodyless", "HEAD in chunks", (CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",), "whole", method=b"HEAD", body=b""),
        Case("bodyless", "205 with a body", (head(b"Content-Length: 5", status=b"205 Reset Content") + b"hello",), "whole", status=205, body=None),
    ]


def surplus():
    """More than one answer for one request: the next one must not get it."""
    second = ok(b"evil!")
    return [
        Case("surplus", "two answers at once", (GOOD + second,), "whole"),
        Case("surplus", "two answers, one later", (GOOD, pause(0.1), second), "whole"),
        Case("surplus", "two answers in chunks", ((CHUNKED + b"5\r\nhello\r\n0\r\n\r\n") * 2,), "whole"),
        Case("surplus", "bytes behind the length", (GOOD + b"surplus",), "whole"),
        Case("surplus", "bytes behind the last chunk", (CHUNKED + b"5\r\nhello\r\n0\r\n\r\nsurplus",), "whole"),
        Case("surplus", "bytes later", (GOOD, pause(0.1), b"surplus"), "whole"),
        Case("surplus", "CR LF behind", (GOOD + b"\r\n",), "whole"),
        Case("surplus", "an answer before the request", (ok(b"early"),), "whole", early=True, body=None),
        Case("surplus", "an answer behind one that closes", (head(b"Connection: close", b"Content-Length: 5") + b"hello" + second, CLOSE), "whole"),
        Case("surplus", "close announced and not done", (head(b"Connection: close", b"Content-Length: 5") + b"hello", SILENCE), "whole"),
        Case("surplus", "HTTP/1.0 that does not close", (GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"), SILENCE), "whole"),
        Case("surplus", "an answer to half a POST", (b"HTTP/1.1 413 X\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge", CLOSE), "whole",
             status=413, body=b"large", method=b"POST", content=b"x" * 100),
    ]


def time_cases():
    """Silence, and drips that must not keep anybody for ever."""
    return [
        Case("time", "silence after accept", (SILENCE,), "error"),
        Case("time", "silence after accept, POST", (SILENCE,), "error", method=b"POST", content=b"hello"),
        Case("time", "silence within the status line", (b"HTTP/1.1 2", SILENCE), "error"),
        Case("time", "silence within the head", (b"HTTP/1.1 200 OK\r\nX: 1\r\n", SILENCE), "error"),
        Case("time", "silence before the body", (LENGTH, SILENCE), "cut"),
        Case("time", "silence within the body", (LENGTH + b"hello", SILENCE), "cut"),
        Case("time", "silence within a chunk size", (CHUNKED + b"5\r\nhello\r\n1", SILENCE), "cut"),
        Case("time", "silence within the trailers", (CHUNKED + b"5\r\nhello\r\n0\r\nX: 1\r\n", SILENCE), "cut"),
        Case("time", "head by one byte a second", (drip(b"HTTP/1.1 200 OK\r\nX-Drip: " + b"y" * 40),), "error"),
        Case("time", "interim answers by one a second", (*[b"HTTP/1.1 102 Processing\r\n\r\n", pause(1)] * 14, SILENCE), "error", interims=(102,)),
        Case("time", "body by one byte a second", (head(b"Content-Length: 5"), drip(b"hello")), "whole"),
        Case("time", "chunk extension by one byte a second", (CHUNKED + b"5;", drip(b"a" * 40)), "cut"),
    ]


def sizes():
    """More than a head may have."""
    return [
        Case("size", "2,000 fields", (head(*[b"X-%d: y" % each for each in range(2000)], b"Content-Length: 5") + b"hello",), "error", repaired=True),
        Case("size", "head of 1 MiB", (head(*[b"X: " + b"y" * 4000] * 260, b"Content-Length: 5") + b"hello",), "error", repaired=True),
        Case("size", "one line without an end", (b"HTTP/1.1 200 OK\r\nX: ", flood(b"y" * 65536, 1600), CLOSE), "error"),
        Case("size", "status line without an end", (b"HTTP/1.1 200 ", flood(b"y" * 65536, 1600), CLOSE), "error"),
        Case("size", "fields without an end", (b"HTTP/1.1 200 OK\r\n", flood(b"X: y\r\n" * 10_000, 1600), CLOSE), "error"),
        Case("size", "trailers without an end", (CHUNKED + b"5\r\nhello\r\n0\r\n", flood(b"X: y\r\n" * 10_000, 1600), CLOSE), "cut"),
        Case("size", "chunk extension without an end", (CHUNKED + b"5;", flood(b"a" * 65536, 1600), CLOSE), "cut"),
    ]


def repeats():
    """A kept connection that ends: a GET may go once more, a POST never (RFC 9110 section 9.2.2)."""
    both = {"closes": (CLOSE,), "resets": (RESET,)}
    cases = []
    for name, steps in both.items():
        cases += [Case("repeats", f"kept connection {name}, GET", steps, "whole", body=b"GET /case", warm=True, most=2),
                  Case("repeats", f"kept connection {name}, HEAD", steps, "whole", body=b"", method=b"HEAD", warm=True, most=2),
                  Case("repeats", f"kept connection {name}, POST", steps, "error", method=b"POST", content=b"hello", warm=True),
                  Case("repeats", f"kept connection {name}, empty POST", steps, "error", method=b"POST", warm=True),
                  Case("repeats", f"kept connection {name}, DELETE", steps, "error", method=b"DELETE", warm=True)]
    return cases + [
        Case("repeats", "every connection closes, GET", ("every", CLOSE), "error", warm=True, most=2),
        Case("repeats", "kept connection sends one byte and closes, GET", (b"H", CLOSE), "error", warm=True),
        Case("repeats", "kept connection sends 100 and closes, GET", (b"HTTP/1.1 100 Continue\r\n\r\n", CLOSE), "error", warm=True, interims=(100,)),
        Case("repeats", "kept connection sends a broken head, POST", (b"nonsense\r\n\r\n", CLOSE), "error", method=b"POST", content=b"hello", warm=True),
    ]


def encodings():
    """Codings that are not what they say. Gatehouse decodes gzip in pages whose links it may have to put right."""
    html = b"<html><head><title>x</title></head><body><a href=\"/jobs/\">x</a></body></html>"
    fields = (b"Content-Type: text/html", b"Content-Encoding: gzip", b"Content-Length: %d" % len(html))
    return [
        Case("encodings", "gzip that is none", (b"\r\n".join((b"HTTP/1.1 200 OK", *fields, b"", html)),), "either", body=html),
        Case("encodings", "gzip cut within its header", (head(b"Content-Encoding: gzip", b"Content-Length: 4") + b"\x1f\x8b\x08\0",), "whole",
             body=b"\x1f\x8b\x08\0"),
        Case("encodings", "unknown coding", (head(b"Content-Encoding: evil", b"Content-Length: 5") + b"hello",), "whole"),
    ]
