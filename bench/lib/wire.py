# SPDX-License-Identifier: Apache-2.0
"""As much HTTP/1.1 as the load scripts need, on a blocking socket: both ends of an exchange read with `Connection`.

Own code and not `http.client`, because 10 GiB have to pass through Python at a speed that does not hide the proxy's:
one buffer, no copies, and the body's bytes go to a sink `sink(buffer, start, length)` in place.
"""
import hashlib
import socket
import ssl
import struct

_BUFFER = 1 << 20


class WireError(Exception):
    """The other side closed, stalled or broke the protocol."""


# All that an exchange through a faulty proxy may raise: nonsense in a head or a body ends as one of the built-in errors.
FAULTS = (OSError, ValueError, KeyError, IndexError, WireError)


def connect(port, seconds=60, receive_buffer=None):
    """A connection to the loopback port; a read or write that takes longer than `seconds` fails."""
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    limit_waits(sock, seconds)
    try:
        sock.connect(("127.0.0.1", port))
    except BaseException:
        sock.close()
        raise
    return Connection(sock)


def limit_waits(sock, seconds):
    """Time limits by the kernel: unlike `settimeout`, they leave the socket in blocking mode, which os.sendfile needs."""
    limit = struct.pack("ll", int(seconds), 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


class Connection:
    """A socket and its read buffer. A context manager that closes the socket."""

    def __init__(self, sock):
        self.sock = sock
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send_head(self, *lines):
        """Sends the lines and the empty one."""
        self.sock.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii"))

    def read_head(self):
        """(first line, headers with names in lower case); (None, {}) when the peer closed before the first byte."""
        first = self._line(close_is_none=True)
        headers = {}
        while first is not None and (line := self._line()):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return first, headers

    def read_body(self, headers, sink):
        """Reads the body to its end by Content-Length or chunks. Anything else is an error: it could not show a short body."""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            while length := int(self._line().partition(";")[0], 16):
                self.read_some(length, sink)
                if self._line() != "":
                    raise WireError("no line end after a chunk")
            while self._line():
                pass
        elif "content-length" in headers:
            self.read_some(int(headers["content-length"]), sink)
        else:
            raise WireError("neither Content-Length nor chunks")

    def read_some(self, length, sink):
        """Exactly `length` bytes to the sink."""
        while length:
            if self._start == self._end:
                self._fill("the body's end")
            here = min(length, self._end - self._start)
            sink(self._buffer, self._start, here)
            self._start += here
            length -= here

    def _line(self, close_is_none=False):
        while (at := self._buffer.find(b"\r\n", self._start, self._end)) < 0:
            if close_is_none and self._start == self._end:
                if not self._fill("", may_close=True):
                    return None
            else:
                self._fill("a line's end")
        line = self._buffer[self._start:at].decode("latin-1")
        self._start = at + 2
        return line

    def _fill(self, missing, may_close=False):
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end == _BUFFER:  # a line across the buffer's end: move its beginning to the front
            rest = self._end - self._start
            if not self._start:
                raise WireError("a line longer than 1 MiB")
            self._buffer[:rest] = self._buffer[self._start:self._end]
            self._start, self._end = 0, rest
        try:
            count = self.sock.recv_into(self._view[self._end:])
        except BlockingIOError:
            raise WireError("no byte within the time limit") from None
        if not count and not may_close:
            raise WireError(f"connection closed before {missing}")
        self._end += count
        return count


def over_tls(connection):
    """The same connection behind a handshake. Whoever measures on loopback has made the certificate just now: it is not checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return Connection(context.wrap_socket(connection.sock, server_hostname="localhost"))


def digest_of(port, path, tls=False):
    """(status, SHA-256, length) of a GET: for comparing a sample before a measurement."""
    seen = hashlib.sha256()
    count = 0

    def sink(buffer, start, length):
        nonlocal count
        seen.update(memoryview(buffer)[start:start + length])
        count += length

    plain = connect(port, seconds=30)
    with over_tls(plain) if tls else plain as connection:
        connection.send_head(f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close")
        first, headers = connection.read_head()
        if first is None:
            raise WireError("closed without an answer")
        connection.read_body(headers, sink)
    return status_of(first), seen.hexdigest(), count


def status_of(first_line):
    """200 of 'HTTP/1.1 200 OK'."""
    return int(first_line.split()[1])
