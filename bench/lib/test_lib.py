# SPDX-License-Identifier: Apache-2.0
"""Tests of what judges the proxies: `python3 -m unittest discover -s bench/lib -t bench`."""
import json
import os
import signal
import socket
import tempfile
import threading
import unittest

from lib import load, pattern, procs, sampling, spark_upstream, units, wire


def fed(*pieces):
    """A connection on which the pieces arrive one by one, then the end."""
    near, far = socket.socketpair()

    def feed():
        with far:
            for piece in pieces:
                far.sendall(piece)

    threading.Thread(target=feed, daemon=True).start()
    return wire.Connection(near)


class SparkUpstreamTest(unittest.TestCase):
    def test_lists_are_what_spark_writes(self):
        entries = [spark_upstream.entry(spark_upstream.driver_id(number), number == 1) for number in range(3)]
        parsed = json.loads(spark_upstream.listed(entries))
        self.assertEqual([each["id"] for each in parsed], ["bench-app", "app-20260101120000-0001", "app-20260101120000-0002"])
        self.assertEqual([each["attempts"][0]["completed"] for each in parsed], [False, True, False])
        self.assertEqual(spark_upstream.listed(entries).count(b'"attempts"'), 3)
        self.assertEqual(json.loads(spark_upstream.listed([])), [])


class WireTest(unittest.TestCase):
    def read(self, *pieces):
        seen = bytearray()
        with fed(*pieces) as connection:
            first, headers = connection.read_head()
            connection.read_body(headers, lambda buffer, start, length: seen.extend(buffer[start:start + length]))
        return first, bytes(seen)

    def test_length(self):
        self.assertEqual(self.read(b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 5\r\n\r\nhel", b"lo"), ("HTTP/1.1 200 OK", b"hello"))

    def test_chunks_with_extension_and_trailer(self):
        whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n"
        for cut in range(1, len(whole)):
            self.assertEqual(self.read(whole[:cut], whole[cut:])[1], b"hello")

    def test_short_bodies_are_errors(self):
        for body in (b"Content-Length: 6\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                     b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", b"\r\nhello"):
            with self.subTest(body), self.assertRaises(wire.WireError):
                self.read(b"HTTP/1.1 200 OK\r\n" + body)

    def test_line_across_the_end_of_the_buffer(self):
        body = b"x" * ((1 << 20) - 60)
        whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n5\r\nhello\r\n0\r\n\r\n" % (len(body), body)
        self.assertEqual(self.read(whole)[1], body + b"hello")

    def test_nothing(self):
        with fed() as connection:
            self.assertEqual(connection.read_head(), (None, {}))


class PatternTest(unittest.TestCase):
    def setUp(self):
        self.data = pattern.block()
        self.checker = pattern.Checker(self.data)

    def feed(self, data):
        buffer = bytearray(data)
        for start in range(0, len(buffer), 100_003):
            self.checker(buffer, start, min(100_003, len(buffer) - start))

    def test_repeats(self):
        self.feed(self.data + self.data[:5_000_000])
        self.assertEqual(self.checker.count, len(self.data) + 5_000_000)

    def test_finds_faults(self):
        good = self.data[:500_000]
        for bad in (good[:300_000] + b"\0" * 9 + good[300_009:], good[:300_000] + good[300_001:], good[:300_000] + good[299_999:]):
            self.checker = self.checker.again()
            with self.assertRaisesRegex(pattern.Mismatch, "byte 300,0"):
                self.feed(bad)

    def test_sent_bodies_are_right(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "block")
            pattern.write_block(path)
            for chunked in (False, True):
                for total in (0, 1, pattern.CHUNK, pattern.LENGTH + 77):
                    self.checker = self.checker.again()
                    near, far = socket.socketpair()
                    sending = threading.Thread(target=pattern.send, args=(far, path, total, chunked))
                    sending.start()
                    headers = {"transfer-encoding": "chunked"} if chunked else {"content-length": str(total)}
                    with wire.Connection(near) as connection:
                        connection.read_body(headers, self.checker)
                    sending.join()
                    far.close()
                    self.assertEqual(self.checker.count, total)


class LoadTest(unittest.TestCase):
    def test_faults(self):
        good = {"requests": 10, "bytes": 2000, "microseconds": 1, "p50": 1, "p99": 1,
                "connect": 0, "read": 0, "write": 0, "timeout": 0, "status": 0}
        self.assertEqual(load.Load(**good).faults(100), [])
        self.assertEqual(len(load.Load(**good).faults(1000)), 1)
        for key in ("connect", "read", "write", "timeout", "status"):
            self.assertEqual(len(load.Load(**{**good, key: 1}).faults(100)), 1)
        self.assertEqual(load.Load(**{**good, "requests": 0}).faults(100), ["no request completed"])


class ProcessTest(unittest.TestCase):
    def test_cpu_counts_children(self):
        with tempfile.NamedTemporaryFile() as log, \
                procs.started(["sh", "-c", "(while :; do :; done) & wait"], log.name) as process:
            procs.wait_for(process, lambda: sampling.cpu(process.pid).user > 0.05, "the loop", log.name, 20)
            children = [pid for pid in sampling.tree(process.pid) if pid != process.pid]
            self.assertEqual(len(children), 1)
        self.assertFalse(os.path.exists(f"/proc/{process.pid}"))

    def test_ends_what_ignores_term_and_what_it_left_behind(self):
        script = "trap '' TERM; sleep 60 & echo $!; while :; do sleep 0.05; done"
        with tempfile.NamedTemporaryFile() as log:
            with procs.started(["sh", "-c", script], log.name) as process:
                procs.wait_for(process, lambda: os.path.getsize(log.name), "the child", log.name)
                child = int(log.read())
                procs._stop(process, grace=0.3)
            with self.assertRaises(ProcessLookupError):
                for _ in range(100):
                    os.kill(child, 0)
                    threading.Event().wait(0.05)
            self.assertEqual(process.returncode, -signal.SIGKILL)

    def test_memory(self):
        pids = [os.getpid()]
        for measure in (sampling.rss, sampling.pss, sampling.rss_peak):
            self.assertGreater(measure(pids), 1 << 20)


class UnitsTest(unittest.TestCase):
    def test_sizes(self):
        self.assertEqual(units.parse_sizes("1KiB,100KiB,10MiB,7"), [1024, 102400, 10 << 20, 7])
        self.assertEqual([units.size(each) for each in (7, 1024, 1536, 10 << 20)], ["7 B", "1 KiB", "1.5 KiB", "10 MiB"])


if __name__ == "__main__":
    unittest.main()
