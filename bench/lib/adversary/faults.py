# SPDX-License-Identifier: Apache-2.0
"""Upstreams that fail at every place, and what the client got.

    bad     a wrong answer that looks whole, a byte too many, two answers, a hang beyond the deadline, a wrong answer to the NEXT request
            on the same connection, or a request that must not be repeated and was
    soft    right, but unclear: a cut where a 502 was possible, an error where the answer was there, an invalid answer that was repaired
    good    the error, the cut or the answer that is right
"""
import contextlib
import time
from dataclasses import dataclass

from . import client, strict

VERDICTS = ("bad", "soft", "good")
_EXTRA = 0.2  # seconds in which a byte too many shows


@dataclass(frozen=True)
class Result:
    """What became of a case. `why`: one line for the reader."""
    group: str
    name: str
    verdict: str
    why: str


def run(door, upstream, case, deadline):
    """Lets one upstream fail, asks through the proxy, and judges. `deadline`: seconds in which the proxy must have ended it."""
    upstream.fresh(case.steps, case.early)
    refusal = upstream.refusing() if case.refused else contextlib.nullcontext()
    with refusal, client.connected(door, deadline) as (sock, stream):
        if case.warm:
            client.send(sock, client.substitute(client.get(b"/warm"), door))
            if strict.read_answer(stream).status != 200:
                return Result(case.group, case.name, "bad", "the request before it failed")
        client.send(sock, client.substitute(case.request, door))
        stream.end_at = time.monotonic() + deadline
        answer = strict.read_answer(stream, case.method)
        extra, after = (b"", answer.end) if answer.end != "kept" else stream.unread(_EXTRA)
        following = _next(door, sock, stream) if after is None and not case.refused else None
    reached = sum(b"/case" in request.target for request in upstream.requests())
    return Result(case.group, case.name, *judge(case, answer, extra, following, reached))


def _next(door, sock, stream):
    """The answer to one more request on the connection; None where it ended first, which a client may repeat."""
    client.send(sock, client.substitute(client.get(b"/next"), door))
    stream.end_at = time.monotonic() + 5
    answer = strict.read_answer(stream)
    return answer if answer.status or answer.faults or answer.end == "silence" else None


def judge(case, answer, extra, following, reached):
    """(verdict, why)."""
    got = describe(answer)
    if answer.end == "silence":
        return "bad", f"hang: {got}"
    if extra:
        return "bad", f"{len(extra)} bytes too many: {extra[:40]!r}"
    if following is not None and not (following.status == 200 and following.body == b"GET /next"):
        return "bad", f"the next request got {describe(following)} {following.body[:40]!r}"
    if answer.faults:
        return "bad", f"the client got {'; '.join(answer.faults)}"
    if reached > case.most:
        return "bad", f"the upstream got the request {reached} times"
    if any(interim not in case.interims for interim in answer.interims):
        return "bad", f"interim answers {answer.interims[:5]}"
    is_error = answer.whole and answer.status in (502, 503, 504)
    is_answer = answer.whole and answer.status == case.status and (case.body is None or answer.body == case.body)
    if answer.whole and not is_error and not (is_answer and (case.best in ("whole", "either") or case.repaired)):
        return "bad", f"looks whole: {got} {answer.body[:40]!r}"
    if case.best == "either":
        return "good", got
    if case.best == "whole":
        return ("good" if is_answer else "soft"), got
    if is_answer and case.repaired:
        return "soft", f"repaired: {got}"
    if case.best == "error" and not is_error:
        return "soft", f"{got} where an error was possible"
    return "good", got


def describe(answer):
    """'502', 'cut within 200', 'cut before an answer'."""
    if answer.whole:
        return str(answer.status)
    return f"{answer.end} within {answer.status}" if answer.status else f"{answer.end} before an answer"
