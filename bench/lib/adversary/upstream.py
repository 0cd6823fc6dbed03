# SPDX-License-Identifier: Apache-2.0
"""The upstream behind the proxy: records every request as it came, and answers as the case at hand says.

One listener for all cases, because a proxy is configured once. Between two cases all connections are closed, and each side has seen it, so
that no case finds what another left behind.
"""
import contextlib
import socket
import struct
import threading
import time

from . import strict

# Steps of a script, beside bytes that are sent as they are.
CLOSE, RESET, SILENCE = "close", "reset", "silence"


def pause(seconds):
    return ("pause", seconds)


def drip(data, seconds=1.0):
    """One byte after the other, with that time between."""
    return ("drip", data, seconds)


def flood(piece, times):
    """The piece again and again, until the proxy has had enough."""
    return ("flood", piece, times)


def ok(body, *fields):
    """A plain answer."""
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/plain", b"Content-Length: %d" % len(body), *fields, b"", body]
    return b"\r\n".join(lines)


def reset(sock):
    """Ends the connection with a reset; what was sent before has time to arrive, because a reset overtakes it."""
    time.sleep(0.1)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


class Upstream:
    """A listener on loopback with one thread for each connection. `seen` holds the requests since the last `fresh`; `patience`: seconds for
    one request, and for silence."""

    def __init__(self, patience=20):
        self._patience = patience
        self._lock = threading.Lock()
        self._open = set()
        self._script = None
        self._early = False
        self.seen = []
        self.accepted = 0
        self.port = 0
        self._listener = None
        self._listen()

    def close(self):
        self._stop_listening()
        self.fresh()

    def fresh(self, script=None, early=False):
        """Begins a case: closes the connections of the last one. `script`: steps that answer the first request whose target holds `/case`;
        `early`: before it was read."""
        with self._lock:
            old = list(self._open)
        for sock in old:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_WR)
        self._await(lambda: not self._open, 1.0)
        for sock in old:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._await(lambda: not self._open, 1.0)
        with self._lock:
            self.seen, self.accepted = [], 0
            self._script, self._early = script, early

    @contextlib.contextmanager
    def refusing(self):
        """Nobody listens on the port while the block runs."""
        self._stop_listening()
        try:
            yield
        finally:
            self._listen()

    def requests(self):
        with self._lock:
            return list(self.seen)

    def _stop_listening(self):
        """Closing alone would leave the thread in `accept` with the socket."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(1024)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(sock)
                self.accepted += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _await(self, reached, seconds):
        end = time.monotonic() + seconds
        while not reached() and time.monotonic() < end:
            time.sleep(0.005)

    def _serve(self, sock):
        try:
            with contextlib.suppress(OSError, strict.Ended):
                self._answer_all(sock)
        finally:
            sock.close()
            with self._lock:
                self._open.discard(sock)

    def _answer_all(self, sock):
        stream = strict.Stream(sock, self._patience)
        if self._take_script(early=True):
            self._run(sock, stream, self._taken)
        while True:
            stream.end_at = time.monotonic() + self._patience
            request = strict.read_request(stream)
            with self._lock:
                self.seen.append(request)
            if not request.complete:
                if request.faults:
                    sock.sendall(ok(b"taken", b"Connection: close"))
                return
            if b"/case" in request.target and self._take_script(early=False):
                if not self._run(sock, stream, self._taken):
                    return
                continue
            body = request.method + b" " + request.target
            answer = ok(body)
            sock.sendall(answer[:-len(body)] if request.method == b"HEAD" else answer)

    def _take_script(self, early):
        """Takes the script, once for a case, unless it is repeated for each connection ('every')."""
        with self._lock:
            if self._script is None or self._early != early:
                return False
            self._taken = self._script
            if not (self._script and self._script[0] == "every"):
                self._script = None
            return True

    def _run(self, sock, stream, steps):
        """Returns whether the connection lives on."""
        for step in steps:
            if isinstance(step, bytes):
                sock.sendall(step)
            elif step == CLOSE:
                return False
            elif step == RESET:
                reset(sock)
                return False
            elif step == SILENCE:
                stream.unread(self._patience)
                return False
            elif step[0] == "pause":
                time.sleep(step[1])
            elif step[0] == "drip":
                for at in range(len(step[1])):
                    sock.sendall(step[1][at:at + 1])
                    time.sleep(step[2])
            elif step[0] == "flood":
                for _ in range(step[2]):
                    sock.sendall(step[1])
        return True
