# SPDX-License-Identifier: Apache-2.0
"""A body of any length whose every byte is known, so that every byte can be checked, and at the speed of memcmp.

The body is one random block repeated. The block's length is no multiple of any usual buffer size: bytes lost, doubled or
swapped shift what follows and cannot match by accident.
"""
import os
import random
import socket

from .wire import WireError

LENGTH = (16 << 20) + 4099
MAX_CHECK = 1 << 20
CHUNK = (256 << 10) + 17  # of bodies sent chunked


def block():
    """The repeated block; the same in every process."""
    return random.Random(20240229).randbytes(LENGTH)


def write_block(path):
    """Writes the block to a file, from which `send` lets the kernel copy."""
    with open(path, "wb") as target:
        target.write(block())


class Mismatch(WireError):
    """A received byte that is not the one that was sent."""


class Checker:
    """Compares a body with the pattern, piece by piece. `count` is the number of bytes seen and found right."""

    def __init__(self, data=None):
        data = data or block()
        self._expected = memoryview(data + data[:MAX_CHECK])
        self.count = 0

    def __call__(self, buffer, start, length):
        """Checks `buffer[start:start+length]` (a bytearray, at most MAX_CHECK bytes of it) without copying it."""
        at = self.count % LENGTH
        if not buffer.startswith(self._expected[at:at + length], start, start + length):
            wrong = next(i for i in range(length) if buffer[start + i] != self._expected[at + i])
            raise Mismatch(f"byte {self.count + wrong:,} differs")
        self.count += length

    def again(self):
        """A new checker at the first byte that shares the block."""
        fresh = object.__new__(Checker)
        fresh._expected = self._expected
        fresh.count = 0
        return fresh


def send(sock, path, total, chunked):
    """Sends `total` bytes of the pattern from the block's file; `sock` must be in blocking mode."""
    with open(path, "rb") as source:
        sent = 0
        while sent < total:
            piece = min(CHUNK if chunked else LENGTH, total - sent)
            if chunked:
                sock.sendall(b"%x\r\n" % piece, socket.MSG_MORE)
            _send_piece(sock, source, sent, piece)
            if chunked:
                sock.sendall(b"\r\n", socket.MSG_MORE)
            sent += piece
    if chunked:
        sock.sendall(b"0\r\n\r\n")


def _send_piece(sock, source, position, length):
    end = position + length
    while position < end:
        offset = position % LENGTH
        position += os.sendfile(sock.fileno(), source.fileno(), offset, min(end - position, LENGTH - offset))
