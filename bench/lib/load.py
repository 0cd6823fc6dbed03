# SPDX-License-Identifier: Apache-2.0
"""One wrk run with exact figures: its own text output rounds, so a `done` hook writes them as JSON.

The hook runs once, after the load; wrk calls no Lua per request.
"""
import json
import os
import time
from dataclasses import asdict, dataclass

from .procs import BenchError, find, has_exited, started, tail

_MARK = "GATEHOUSE-BENCH "
_HOOK = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('GATEHOUSE-BENCH {"requests": %.0f, "bytes": %.0f, "microseconds": %.0f, "p50": %.0f, "p99": %.0f, '
    .. '"connect": %.0f, "read": %.0f, "write": %.0f, "timeout": %.0f, "status": %.0f}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.timeout, e.status))
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw. `bytes` holds heads too, and the part of answers that the end of the run cut off."""
    requests: int
    bytes: int
    microseconds: int
    p50: int
    p99: int
    connect: int
    read: int
    write: int
    timeout: int
    status: int

    @property
    def per_second(self):
        return self.requests / (self.microseconds / 1e6)

    def faults(self, body_size):
        """Why this run says nothing, as a list of short texts; empty for a good one."""
        kinds = {"connect": self.connect, "read": self.read, "write": self.write, "timeout": self.timeout, "not 2xx/3xx": self.status}
        found = [f"{count} × {kind}" for kind, count in kinds.items() if count]
        if not self.requests:
            found.append("no request completed")
        if self.bytes < self.requests * body_size:
            found.append(f"{self.bytes:,} bytes for {self.requests:,} answers of {body_size:,}: bodies were short")
        return found

    def as_dict(self):
        return asdict(self)


def wrk(url, connections, seconds, folder, close=False):
    """Runs `wrk -t1 -c<connections> -d<seconds>s url`; `close` asks for a new connection each time."""
    hook, log = os.path.join(folder, "wrk.lua"), os.path.join(folder, "wrk.log")
    with open(hook, "w", encoding="utf-8") as target:
        target.write(_HOOK)
    open(log, "wb").close()
    argv = [find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", hook]
    argv += ["-H", "Connection: close", url] if close else [url]
    with started(argv, log) as process:
        deadline = time.monotonic() + seconds + 40
        while not has_exited(process):
            if time.monotonic() > deadline:
                raise BenchError(f"wrk did not end in time:\n{tail(log)}")
            time.sleep(0.02)
    with open(log, encoding="utf-8", errors="replace") as source:
        for line in source:
            if line.startswith(_MARK):
                return Load(**json.loads(line[len(_MARK):]))
    raise BenchError(f"wrk gave no figures for {url}:\n{tail(log)}")
