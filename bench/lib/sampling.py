# SPDX-License-Identifier: Apache-2.0
"""CPU and memory of a process and its children, from /proc.

A process that ends between two reads is left out. The peers measured here keep their workers, so nothing is lost.
"""
import contextlib
import os
import threading
from dataclasses import dataclass

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cpu:
    """CPU seconds since the start of the processes."""
    user: float
    system: float

    @property
    def total(self):
        return self.user + self.system

    def __sub__(self, earlier):
        return Cpu(self.user - earlier.user, self.system - earlier.system)


def _read(path):
    with open(path, "rb") as source:
        return source.read()


def _stat(pid):
    """The fields of /proc/PID/stat from the third on (the second, the name, may hold spaces)."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def tree(pid):
    """The pid and its living descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(entry)[1]), []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        each = todo.pop()
        found.append(each)
        todo.extend(children.get(each, ()))
    return found


def cpu(pid):
    """User and system time of the tree. Resolution: one clock tick (10 ms); the split is as exact as the kernel's accounting."""
    user = system = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = _stat(each)
            user += int(fields[11])
            system += int(fields[12])
    return Cpu(user / _TICKS_PER_SECOND, system / _TICKS_PER_SECOND)


def _kib_field(path, name):
    for line in _read(path).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _sum(pids, measure):
    total = 0
    for each in pids:
        with contextlib.suppress(OSError):
            total += measure(each)
    return total


def rss(pids):
    """Resident bytes. Pages shared by a master and its workers count once for each."""
    return _sum(pids, lambda pid: int(_read(f"/proc/{pid}/statm").split()[1]) * _PAGE)


def rss_peak(pids):
    """VmHWM: the largest resident size, kept by the kernel, so that nothing falls between two samples."""
    return _sum(pids, lambda pid: _kib_field(f"/proc/{pid}/status", b"VmHWM:"))


def reset_rss_peak(pids):
    """Starts VmHWM anew from the present size. Best effort: without the right to, the older peak stays, which is stricter."""
    for each in pids:
        with contextlib.suppress(OSError), open(f"/proc/{each}/clear_refs", "w") as control:
            control.write("5")


def pss(pids):
    """Proportional resident bytes: a page shared by n processes counts 1/n for each. Walks the page tables (milliseconds)."""
    return _sum(pids, lambda pid: _kib_field(f"/proc/{pid}/smaps_rollup", b"Pss:"))


class MemoryWatch:
    """Samples RSS every 100 ms and PSS every 500 ms while the `with` block runs; holds the peaks, in bytes."""

    def __init__(self, pid):
        self._pids = tree(pid)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peak_rss = self.peak_pss = 0

    def __enter__(self):
        reset_rss_peak(self._pids)
        self._sample(True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self._sample(True)
        self.peak_rss = max(self.peak_rss, rss_peak(self._pids))

    def _run(self):
        count = 0
        while not self._end.wait(0.1):
            count += 1
            self._sample(count % 5 == 0)

    def _sample(self, also_pss):
        self.peak_rss = max(self.peak_rss, rss(self._pids))
        if also_pss:
            self.peak_pss = max(self.peak_pss, pss(self._pids))
