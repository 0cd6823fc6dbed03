# SPDX-License-Identifier: Apache-2.0
"""The upstream of `big-body`, `slow-readers` and `idle`: makes and checks bodies of any size in constant memory.

A program of its own (`body_upstream.py PORT BLOCK-FILE`), so that it has a core for itself. One thread per connection.
    GET  /length/N, /chunked/N   N bytes of the pattern
    POST /sink                   reads the body, checks every byte, answers {"bytes", "framing", "error"} as JSON
"""
import json
import os
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lib import pattern, wire  # noqa: E402


def serve(sock, block_file, checker):
    """Answers one connection's requests until it closes."""
    wire.limit_waits(sock, 180)  # a slow reader is the point of one test: be patient
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with wire.Connection(sock) as connection:
        try:
            while True:
                first, headers = connection.read_head()
                if first is None:
                    return
                _answer(connection, first, headers, block_file, checker.again())
        except wire.FAULTS:
            return  # the proxy went away, or talks nonsense: its side will report it


def _answer(connection, first, headers, block_file, checker):
    method, path, _ = first.split(" ")
    if method == "POST":
        error = None
        try:
            connection.read_body(headers, checker)
        except pattern.Mismatch as mismatch:
            error = str(mismatch)
        framing = "chunked" if "transfer-encoding" in headers else "length"
        body = json.dumps({"bytes": checker.count, "framing": framing, "error": error})
        connection.send_head("HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(body)}",
                             *(["Connection: close"] if error else []))
        connection.sock.sendall(body.encode("ascii"))
        if error:
            raise wire.WireError(error)
        return
    kind, _, count = path.strip("/").partition("/")
    total = int(count)
    chunked = kind == "chunked"
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {total}"
    connection.send_head("HTTP/1.1 200 OK", "Content-Type: application/octet-stream", framing)
    pattern.send(connection.sock, block_file, total, chunked)


def run(port, block_file):
    """Accepts for ever; ends with a signal."""
    checker = pattern.Checker()
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listener:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=serve, args=(sock, block_file, checker), daemon=True).start()


if __name__ == "__main__":
    run(int(sys.argv[1]), sys.argv[2])
