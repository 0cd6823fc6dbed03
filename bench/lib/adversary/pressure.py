# SPDX-License-Identifier: Apache-2.0
"""Clients that are slow or too many, and a body that inflates: what they cost a proxy, and for how long."""
import contextlib
import hashlib
import os
import selectors
import socket
import statistics
import threading
import time
import zlib

from .. import sampling
from . import client, strict

MIB = 1 << 20


def slow_heads(door, count, seconds):
    """Ages at which clients that send one byte of their head a second were cut; those still open after `seconds` are missing."""
    request = client.substitute(client.get(b"/slow", b"X-Slow: " + b"y" * 200), door)
    return _drip(door, count, seconds, b"", request)


def slow_bodies(door, count, seconds):
    """The same for clients that send their whole head, and then a body of one byte a second."""
    request = client.substitute(client.get(b"/slow", b"Content-Length: 100000", method=b"POST"), door)
    return _drip(door, count, seconds, request, b"x" * 10_000)


def _drip(door, count, seconds, at_once, by_second):
    """Opens the connections, sends `at_once`, then a byte of `by_second` each second, until the proxy says or does something."""
    waiting, ages = selectors.DefaultSelector(), []
    with contextlib.closing(waiting):
        for _ in range(count):
            sock = socket.create_connection(("127.0.0.1", door.port), timeout=10)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(at_once + by_second[:1])
            sock.setblocking(False)
            waiting.register(sock, selectors.EVENT_READ, time.monotonic())
        began, sent = time.monotonic(), 1
        while waiting.get_map() and time.monotonic() < began + seconds:
            for key, _ in waiting.select(0.05):
                ages.append(time.monotonic() - key.data)
                waiting.unregister(key.fileobj)
                key.fileobj.close()
            if time.monotonic() >= began + sent:
                for key in list(waiting.get_map().values()):
                    with contextlib.suppress(OSError):
                        key.fileobj.send(by_second[sent:sent + 1])
                sent += 1
        for key in list(waiting.get_map().values()):
            key.fileobj.close()
    return ages


def ages_text(ages, count, seconds):
    """'10.0 s (9.9 – 10.1)', or how many were left."""
    if len(ages) < count:
        return f"{count - len(ages)} of {count} still open after {seconds} s"
    return f"{statistics.median(ages):.1f} s ({min(ages):.1f} – {max(ages):.1f})"


def all_cut_at(ages, count, seconds):
    """Whether all were cut, none before their time, and none much later: proxies look at the clock now and then."""
    return len(ages) == count and min(ages) > seconds - 1 and max(ages) < seconds + 2


def refused_connections(door, cap, more):
    """Holds `cap` connections open and tries `more`: the answers that those got. A connection cap must say 503 and Retry-After."""
    with contextlib.ExitStack() as closing:
        held = [closing.enter_context(socket.create_connection(("127.0.0.1", door.port), timeout=10)) for _ in range(cap)]
        for sock in held:
            client.send(sock, b"G")
        time.sleep(0.5)
        return [_one(door) for _ in range(more)]


def refused_requests(door, upstream, room, more):
    """Fills connections and queue of a silent upstream with `room` requests and sends `more`: the answers that those got."""
    request = client.substitute(client.get(b"/case"), door)
    upstream.fresh(("every", ("pause", 3600)))
    with contextlib.ExitStack() as closing:
        for _ in range(room):
            sock = closing.enter_context(socket.create_connection(("127.0.0.1", door.port), timeout=10))
            sock.sendall(request)
        time.sleep(1)
        return [_one(door) for _ in range(more)]


def _one(door):
    with client.connected(door, 5) as (sock, stream):
        client.send(sock, client.substitute(client.get(b"/case", b"Connection: close"), door))
        return strict.read_answer(stream)


def is_overload_answer(answer):
    """503, and when to come again."""
    return answer.whole and answer.status == 503 and (answer.value(b"retry-after") or b"").isdigit()


def write_bomb(path, inflated):
    """A gzip file of HTML that inflates to that many bytes; a thousandth of it on disk."""
    line = b'<tr><td><a href="/jobs/job/?id=1">a job</a></td></tr>\n'
    block = line * (MIB // len(line))
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    with open(path, "wb") as target:
        left = inflated
        while left > 0:
            target.write(deflate.compress(block[:left]))
            left -= len(block)
        target.write(deflate.flush())
    return path


class BombServer:
    """A History Server whose every answer is the bomb, whatever was asked for and accepted. A context manager."""

    def __init__(self, path):
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]

    def serve_instead(self, path):
        """From the next request on."""
        self._path = path

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock, contextlib.suppress(OSError, strict.Ended):
            stream = strict.Stream(sock, 600)
            while True:
                request = strict.read_request(stream)
                kind = b"application/json" if b"/api/" in request.target else b"text/html;charset=utf-8"
                with open(self._path, "rb") as bomb:
                    size = os.fstat(bomb.fileno()).st_size
                    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                                 % (kind, size))
                    sock.sendfile(bomb)


def bomb_growth(door, path, target, inflated=False):
    """(growth of PSS in bytes while the bomb passes, None or what was wrong). `target`: path at the proxy; `inflated`: whether the proxy reads
    what is there, so that the bomb must not come through."""
    with open(path, "rb") as source:
        wanted = hashlib.sha256(source.read()).digest()
    before = sampling.pss(sampling.tree(door.pid))
    with sampling.MemoryWatch(door.pid) as watch:
        with client.connected(door, 120) as (sock, stream):
            client.send(sock, b"GET " + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n")
            answer = strict.read_answer(stream)
        time.sleep(1)
    fault = None
    if inflated:
        if answer.whole and answer.status == 200:
            fault = f"let {len(answer.body):,} bytes through"
    elif not answer.whole or answer.status != 200 or hashlib.sha256(answer.body).digest() != wanted:
        fault = f"answered with {answer.status}, {len(answer.body):,} bytes, {answer.end}"
    return watch.peak_pss - before, fault
