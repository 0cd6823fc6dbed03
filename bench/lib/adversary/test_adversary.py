# SPDX-License-Identifier: Apache-2.0
"""Tests of what judges the proxies: a judge that is always content would say nothing."""
import contextlib
import socket
import unittest

from lib.adversary import ambiguous, ambiguous_cases, fault_cases, faults, pressure, strict
from lib.adversary.upstream import CLOSE, RESET, Upstream, ok


class DirectDoor:
    """No proxy at all: the client talks to the upstream itself, which the judges must notice."""
    name = "direct"

    def __init__(self, port):
        self.port = port

    def path(self, upstream_path):
        return upstream_path


class StrictTest(unittest.TestCase):
    def stream_of(self, data):
        """A `strict.Stream` on which the bytes arrive, then the end."""
        near, far = socket.socketpair()
        self.addCleanup(near.close)
        with far:
            far.sendall(data)
        return strict.Stream(near, 5)

    def test_a_request_is_read(self):
        request = strict.read_request(self.stream_of(b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n"))
        self.assertEqual((request.target, request.body, request.trailers, request.complete), (b"/x", b"hi", b"X: y", True))

    def test_what_no_upstream_should_read_has_a_name(self):
        for line in (b"Content-Length: 1\r\nTransfer-Encoding: chunked", b"Content-Length: 1\r\nContent-Length: 1", b"Content-Length: +1",
                     b"Transfer-Encoding: xchunked", b"Host: b", b"X: a\rb", b"X: a\0b", b"X : a", b"X: a\r\n b", b"nonsense"):
            with self.subTest(line):
                self.assertTrue(strict.read_request(self.stream_of(b"GET / HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n\r\n")).faults)

    def test_short_answers_are_not_whole(self):
        for body in (b"Content-Length: 6\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"Content-Le"):
            with self.subTest(body):
                self.assertFalse(strict.read_answer(self.stream_of(b"HTTP/1.1 200 OK\r\n" + body)).whole)

    def test_an_answer_until_close(self):
        answer = strict.read_answer(self.stream_of(b"HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello"))
        self.assertEqual((answer.whole, answer.body, answer.end, answer.interims), (True, b"hello", "closed", [103]))


class JudgeOfRequestsTest(unittest.TestCase):
    case = ambiguous_cases.Case("group", "name", b"GET / HTTP/1.1\r\n\r\n", never=(b"evil",))

    def judge(self, seen=(), found=(), end=None, **changes):
        return ambiguous.judge(ambiguous_cases.Case(**{**vars(self.case), **changes}), list(seen), list(found), end)[0]

    def test_verdicts(self):
        good = strict.Request(b"GET / HTTP/1.1\r\nHost: a", complete=True)
        self.assertEqual(self.judge(found=[strict.Answer(400, whole=True)], end="closed"), "strict")
        self.assertEqual(self.judge(found=[strict.Answer(400, whole=True)]), "lenient")
        self.assertEqual(self.judge(seen=[good], found=[strict.Answer(200, whole=True)]), "lenient")
        self.assertEqual(self.judge(seen=[good], found=[strict.Answer(200, whole=True)], kind="valid"), "ok")
        self.assertEqual(self.judge(found=[strict.Answer(400, whole=True)], kind="valid"), "over-strict")
        self.assertEqual(self.judge(seen=[good], kind="valid"), "over-strict")
        self.assertEqual(self.judge(), "lenient")
        self.assertEqual(self.judge(end="reset"), "strict")
        self.assertEqual(self.judge(seen=[good, good]), "dangerous")
        self.assertEqual(self.judge(seen=[strict.Request(b"GET /smuggled HTTP/1.1", complete=True)]), "dangerous")
        self.assertEqual(self.judge(seen=[strict.Request(b"GET / HTTP/1.1\r\nX: Evil", complete=True)]), "dangerous")
        self.assertEqual(self.judge(seen=[strict.Request(b"GET / HTTP/1.1", faults=["two lengths"])]), "dangerous")

    def test_names_are_unique_and_the_table_is_long(self):
        cases = ambiguous_cases.all_cases()
        self.assertEqual(len({(case.group, case.name) for case in cases}), len(cases))
        self.assertGreaterEqual(sum(not case.policy for case in cases), 129)


class JudgeOfFaultsTest(unittest.TestCase):
    case = fault_cases.Case("group", "name", (), "cut")
    good_next = strict.Answer(200, body=b"GET /next", whole=True)

    def judge(self, answer, extra=b"", following=None, reached=1, **changes):
        return faults.judge(fault_cases.Case(**{**vars(self.case), **changes}), answer, extra, following, reached)[0]

    def test_verdicts(self):
        whole, cut = strict.Answer(200, body=b"hello", whole=True), strict.Answer(200, body=b"hel", end="reset")
        error, hang = strict.Answer(502, whole=True), strict.Answer(200, end="silence")
        self.assertEqual(self.judge(cut), "good")
        self.assertEqual(self.judge(error), "good")
        self.assertEqual(self.judge(whole), "bad")
        self.assertEqual(self.judge(hang), "bad")
        self.assertEqual(self.judge(cut, best="error"), "soft")
        self.assertEqual(self.judge(whole, best="whole", following=self.good_next), "good")
        self.assertEqual(self.judge(error, best="whole"), "soft")
        self.assertEqual(self.judge(whole, best="error", repaired=True), "soft")
        self.assertEqual(self.judge(whole, best="whole", following=strict.Answer(200, body=b"evil!", whole=True)), "bad")
        self.assertEqual(self.judge(whole, extra=b"x", best="whole"), "bad")
        self.assertEqual(self.judge(error, reached=2), "bad")
        self.assertEqual(self.judge(strict.Answer(200, body=b"other", whole=True), best="whole"), "bad")

    def test_names_are_unique_and_the_table_is_long(self):
        cases = fault_cases.all_cases()
        self.assertEqual(len({(case.group, case.name) for case in cases}), len(cases))
        self.assertGreaterEqual(len(cases), 47)


class EndToEndTest(unittest.TestCase):
    def test_a_client_without_a_proxy_is_dangerous_and_bad(self):
        with contextlib.closing(Upstream()) as upstream:
            door = DirectDoor(upstream.port)
            both = next(case for case in ambiguous_cases.all_cases() if case.name == "CL.TE")
            self.assertEqual(ambiguous.run(door, upstream, both, 1).verdict, "dangerous")
            plain = next(case for case in ambiguous_cases.all_cases() if case.group == "valid" and case.name == "GET")
            self.assertEqual(ambiguous.run(door, upstream, plain, 2).verdict, "ok")
            twice = fault_cases.Case("x", "two answers", (ok(b"hello") * 2,), "whole")
            self.assertEqual(faults.run(door, upstream, twice, 5).verdict, "bad")
            for how in (CLOSE, RESET):
                self.assertEqual(faults.run(door, upstream, fault_cases.Case("x", "end", (how,), "error"), 5).verdict, "soft")

    def test_nobody_listens_while_refusing(self):
        with contextlib.closing(Upstream()) as upstream:
            with upstream.refusing(), self.assertRaises(OSError):
                socket.create_connection(("127.0.0.1", upstream.port), timeout=1)
            socket.create_connection(("127.0.0.1", upstream.port), timeout=1).close()

    def test_slow_clients_are_cut_or_counted(self):
        with contextlib.closing(Upstream()) as upstream:
            self.assertEqual(pressure.slow_heads(DirectDoor(upstream.port), 2, 1), [])


if __name__ == "__main__":
    unittest.main()
