# SPDX-License-Identifier: Apache-2.0
"""The upstream of `restarts`: answers after as many seconds as it is asked for, with the path as the body.

A program of its own (`slow_upstream.py PORT`). One thread per connection.
    GET  .../after/SECONDS/TOKEN     SECONDS may be a fraction
"""
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lib import wire  # noqa: E402


def serve(sock):
    """Answers one connection's requests until it closes."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with wire.Connection(sock) as connection:
        try:
            while True:
                first, _ = connection.read_head()
                if first is None:
                    return
                path = first.split(" ")[1]
                _, _, rest = path.partition("/after/")
                time.sleep(float(rest.partition("/")[0] or 0))
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(path)}\r\n\r\n"
                connection.sock.sendall((head + path).encode("ascii"))
        except wire.FAULTS:
            return  # the proxy went away: its side will report it


def run(port):
    """Accepts for ever; ends with a signal."""
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listener:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=serve, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    run(int(sys.argv[1]))
