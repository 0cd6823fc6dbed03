# SPDX-License-Identifier: Apache-2.0
"""Requests that two readers may read differently, and what a proxy made of them.

Judged by the bytes that reached the upstream, and by what the client got:
    dangerous    the upstream saw more requests than the client strictly sent, ambiguous framing, a broken head or a forbidden field,
                 or the next client got a wrong answer
    lenient      an invalid message was repaired and passed on in a safe form, or refused or ignored on a connection that lives on
    strict       refused, and the connection closed
    ok           a valid message passed
    over-strict  a valid message was refused
"""
import time
from dataclasses import dataclass

from . import client

FIRST_ANSWER, NEXT_ANSWER = 1.0, 0.3  # seconds

VERDICTS = ("dangerous", "lenient", "strict", "ok", "over-strict")


@dataclass(frozen=True)
class Result:
    """What became of a case. `why`: one line for the reader."""
    group: str
    name: str
    verdict: str
    why: str


def run(door, upstream, case, number):
    """Sends one case and judges it."""
    upstream.fresh()
    with client.connected(door, FIRST_ANSWER) as (sock, stream):
        client.send(sock, client.substitute(case.raw, door))
        found, end = client.answers(stream, case.method, FIRST_ANSWER, NEXT_ANSWER)
        if end is None:
            client.half_close(sock)
            more, end = client.answers(stream, case.method, NEXT_ANSWER, NEXT_ANSWER)
            found += more
    time.sleep(0.02)
    seen = upstream.requests()
    verdict, why = judge(case, seen, found, end)
    if verdict != "dangerous" and not _probe(door, number):
        verdict, why = "dangerous", "the next client got a wrong answer"
    return Result(case.group, case.name, verdict, why)


def judge(case, seen, found, end):
    """(verdict, why) of what the upstream saw and the client got."""
    complete = [request for request in seen if request.complete]
    danger = _danger(case, seen, complete, found)
    if danger:
        return "dangerous", danger
    statuses = ", ".join(str(answer.status) for answer in found) or "no answer"
    passed = len(complete) > case.before
    closed = end is not None
    if case.kind == "valid":
        if len(complete) == len(found) == case.most and all(answer.status == 200 for answer in found):
            return "ok", statuses
        return "over-strict", statuses
    if passed:
        return ("ok" if case.kind == "either" else "lenient"), f"passed on, repaired: {statuses}"
    if case.kind == "either" or closed:
        return "strict", statuses
    return "lenient", f"not passed on ({statuses}), but the connection lives on"


def _danger(case, seen, complete, found):
    for request in seen:
        if request.faults:
            return f"the upstream got {'; '.join(request.faults)}"
        if b"smuggled" in request.line:
            return "the smuggled request reached the upstream"
        for never in case.never:
            if never.lower() in (request.head + b"\r\n" + request.trailers).lower():
                return f"the upstream got {never!r}"
    if len(complete) > case.most:
        return f"{len(complete)} requests reached the upstream, not {case.most}"
    if case.bodies and any(request.body != body for request, body in zip(complete, case.bodies)):
        return "a body changed"
    if len(found) > case.most + 1:
        return f"{len(found)} answers"
    for answer in found:
        if answer.faults:
            return f"the client got {'; '.join(answer.faults)}"
    return None


def _probe(door, number):
    """Whether the next client gets the answer to its own request."""
    path = b"/probe-%d" % number
    with client.connected(door, 5) as (sock, stream):
        client.send(sock, client.substitute(client.get(path), door))
        found, _ = client.answers(stream, b"GET", 5, 0)
    return len(found) == 1 and found[0].status == 200 and found[0].body == b"GET " + path
