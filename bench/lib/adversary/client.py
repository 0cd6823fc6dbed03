# SPDX-License-Identifier: Apache-2.0
"""The client in front of the proxy: sends the bytes of a case, and reads what comes by the letter."""
import contextlib
import socket
import time

from . import strict


def substitute(raw, door):
    """Fills in what stands in angle brackets in a case (see `ambiguous_cases`)."""
    prefix, host = door.path("").encode(), b"127.0.0.1:%d" % door.port
    smuggled = b"GET " + prefix + b"/smuggled HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
    length = len(smuggled)
    marks = {b"<S>": smuggled, b"<P>": prefix, b"<H>": host, b"<N>": b"%d" % length, b"<N5>": b"%d" % (length + 5),
             b"<X>": b"%x" % length, b"<X5>": b"%x" % (length + 5)}
    for mark, value in marks.items():
        raw = raw.replace(mark, value)
    return raw


@contextlib.contextmanager
def connected(door, seconds):
    """A connection to the proxy as (socket, `strict.Stream` that ends after `seconds`)."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sock, strict.Stream(sock, seconds)


def send(sock, data):
    """Sends all of it; a proxy that refuses early may reset meanwhile, which the reading side then sees."""
    with contextlib.suppress(OSError):
        sock.settimeout(10)
        sock.sendall(data)


def half_close(sock):
    """Says that nothing more will be sent."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)


def get(path, *fields, method=b"GET"):
    """A request for `path` of the upstream."""
    return b"\r\n".join([method + b" <P>" + path + b" HTTP/1.1", b"Host: <H>", *fields, b"", b""])


def answers(stream, method, seconds, quiet):
    """All answers that come, the first within `seconds`, the others within `quiet`: (answers, how the connection ended or None)."""
    found, wait = [], seconds
    while True:
        stream.end_at = time.monotonic() + wait
        answer = strict.read_answer(stream, method)
        if answer.status or answer.faults:
            found.append(answer)
        if answer.end != "kept":
            return found, None if answer.end == "silence" else answer.end
        if answer.faults:
            return found, None
        wait = quiet
