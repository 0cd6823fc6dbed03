# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 read by the letter (RFC 9112) from a socket, at both ends of the proxy: nothing is repaired, every departure is named.

The upstream reads with it what the proxy passed on, the client what the proxy answered. `lib.wire` reads large bodies fast and trusts its
peer; this one keeps everything and trusts nobody.
"""
import re
import socket
import time
from dataclasses import dataclass, field

MOST = 4 << 20  # bytes that one message may have here; the tables stay far below

_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e\x80-\xff]+ HTTP/1\.[01]")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n\0]*)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?")
_HOST = re.compile(rb"(?:[0-9A-Za-z._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Ended(Exception):
    """There will be no more bytes. `how`: 'closed', 'reset', or 'silence' when the time is over."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


class Stream:
    """The bytes of one direction of a socket, by line and by count, up to a point in time."""

    def __init__(self, sock, seconds):
        self.sock = sock
        self.end_at = time.monotonic() + seconds
        self._buffer = bytearray()

    def line(self):
        """Up to the next CR LF, without it."""
        return self._until(b"\r\n")

    def head(self):
        """Up to the empty line, without it; a message that has no field ends with one CR LF."""
        return self._until(b"\r\n\r\n")

    def exactly(self, count):
        while len(self._buffer) < count:
            self._more()
        return self._take(count)

    def rest(self):
        """Everything until the end; raises `Ended` unless the end is a plain close."""
        try:
            while True:
                self._more()
        except Ended as end:
            if end.how != "closed":
                raise
        return self._take(len(self._buffer))

    def begins(self):
        """Waits for the first byte of whatever comes."""
        if not self._buffer:
            self._more()

    def unread(self, seconds):
        """(what comes within `seconds` although nobody asked for it, how it ended or None)."""
        self.end_at = time.monotonic() + seconds
        try:
            while True:
                self._more()
        except Ended as end:
            return self._take(len(self._buffer)), None if end.how == "silence" else end.how

    def _until(self, mark):
        while (at := self._buffer.find(mark)) < 0:
            self._more()
        taken = self._take(at + len(mark))
        return taken[:at]

    def _take(self, count):
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _more(self):
        left = self.end_at - time.monotonic()
        if left <= 0:
            raise Ended("silence")
        self.sock.settimeout(left)
        try:
            data = self.sock.recv(1 << 16)
        except socket.timeout:
            raise Ended("silence") from None
        except OSError:
            raise Ended("reset") from None
        if not data:
            raise Ended("closed")
        self._buffer += data
        if len(self._buffer) > MOST:
            raise Ended("flood")


@dataclass
class Request:
    """One request as it reached the upstream. `faults` names what no upstream should have to read."""
    head: bytes
    body: bytes = b""
    trailers: bytes = b""
    complete: bool = False
    faults: list = field(default_factory=list)

    @property
    def line(self):
        return self.head.partition(b"\r\n")[0]

    @property
    def method(self):
        return self.line.partition(b" ")[0]

    @property
    def target(self):
        return (self.line.split(b" ") + [b""])[1]


def fields_of(lines, faults):
    """[(name in lower case, value)]; what is no field goes to `faults`."""
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t"):
            faults.append("a folded line")
        elif not colon or not _NAME.fullmatch(name):
            faults.append(f"a field that is none: {line[:40]!r}")
        elif any(bad in value for bad in (b"\r", b"\n", b"\0")):
            faults.append("CR, LF or NUL in a field")
        else:
            fields.append((name.lower(), value.strip(b" \t")))
    return fields


def values(fields, name):
    return [value for each, value in fields if each == name]


def read_request(stream):
    """The next `Request`, complete or cut off. Raises `Ended` when not even a head came."""
    stream.begins()
    request = Request(stream.head())
    lines = request.head.split(b"\r\n")
    if not _REQUEST_LINE.fullmatch(lines[0]):
        request.faults.append(f"a request line that is none: {lines[0][:60]!r}")
    fields = fields_of(lines[1:], request.faults)
    hosts = values(fields, b"host")
    if len(hosts) != 1 and (hosts or lines[0].endswith(b"HTTP/1.1")):
        request.faults.append(f"{len(hosts)} Host fields")
    elif hosts and not _HOST.fullmatch(hosts[0]):
        request.faults.append(f"Host {hosts[0]!r}")
    lengths, codings = values(fields, b"content-length"), values(fields, b"transfer-encoding")
    request.faults += framing_faults(lengths, codings, lines[0].endswith(b"/1.1"))
    if request.faults:
        return request
    try:
        if codings:
            request.body, request.trailers = read_chunks(stream, request.faults)
        elif lengths:
            request.body = stream.exactly(int(lengths[0]))
        request.complete = True
    except Ended:
        pass  # cut off: for the upstream no request
    return request


def framing_faults(lengths, codings, version_11):
    """What makes two readers disagree about the end of a body."""
    faults = []
    if lengths and codings:
        faults.append("Content-Length and Transfer-Encoding")
    if len(lengths) > 1 or any(not re.fullmatch(rb"[0-9]{1,18}", each) for each in lengths):
        faults.append(f"Content-Length {b', '.join(lengths)!r}")
    if len(codings) > 1 or any(each.lower() != b"chunked" for each in codings):
        faults.append(f"Transfer-Encoding {b', '.join(codings)!r}")
    if codings and not version_11:
        faults.append("Transfer-Encoding in HTTP/1.0")
    return faults


def read_chunks(stream, faults):
    """(data, trailer section). A broken chunk is a fault and an end."""
    data = bytearray()
    while True:
        line = stream.line()
        size = _CHUNK.fullmatch(line)
        if not size:
            faults.append(f"a chunk size that is none: {line[:40]!r}")
            raise Ended("fault")
        count = int(size[1], 16)
        if not count:
            break
        data += stream.exactly(count)
        if stream.exactly(2) != b"\r\n":
            faults.append("no CR LF behind a chunk")
            raise Ended("fault")
    trailers = []
    while line := stream.line():
        trailers.append(line)
    fields_of(trailers, faults)
    return bytes(data), b"\r\n".join(trailers)


@dataclass
class Answer:
    """One final answer as it reached the client, with the interim ones before it.

    `end`: 'kept', 'closed', 'reset' or 'silence'; `whole`: its framing says that nothing is missing.
    """
    status: int = 0
    head: bytes = b""
    body: bytes = b""
    whole: bool = False
    end: str = "kept"
    interims: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def value(self, name):
        found = values(fields_of(self.head.split(b"\r\n")[1:], []), name)
        return found[0] if found else None


def read_answer(stream, method=b"GET"):
    """The next `Answer`; of status 0 when none came."""
    answer = Answer()
    try:
        while True:
            stream.begins()
            answer.head = stream.head()
            line = _STATUS_LINE.fullmatch(answer.head.partition(b"\r\n")[0])
            if not line:
                answer.faults.append(f"a status line that is none: {answer.head[:60]!r}")
                return answer
            answer.status = int(line[1])
            if answer.status >= 200 or answer.status == 101:
                break
            answer.interims.append(answer.status)
            answer.status = 0
        _answer_body(stream, answer, method)
        answer.whole = not answer.faults
    except Ended as end:
        answer.end = end.how
    return answer


def _answer_body(stream, answer, method):
    fields = fields_of(answer.head.split(b"\r\n")[1:], answer.faults)
    lengths, codings = values(fields, b"content-length"), values(fields, b"transfer-encoding")
    answer.faults += framing_faults(lengths, codings, True)
    if answer.faults or method == b"HEAD" or answer.status in (101, 204, 304):
        return
    if codings:
        answer.body, _ = read_chunks(stream, answer.faults)
    elif lengths:
        answer.body = stream.exactly(int(lengths[0]))
    else:
        answer.body = stream.rest()
        answer.end = "closed"
