# SPDX-License-Identifier: Apache-2.0
"""A profile of a process while load runs: `perf record` (native and kernel frames) or Java Flight Recorder."""
import contextlib
import os
import shutil
import signal
import time

from .procs import BenchError, find, has_exited, output_of, say, started, tail

KINDS = ("perf", "jfr")


@contextlib.contextmanager
def recording(kind, pid, target, folder):
    """Records into `target` (its ending is added) until the block ends."""
    record = _perf if kind == "perf" else _jfr
    with record(pid, os.path.abspath(target), folder) as written:
        yield
    say(f"  profile: {os.path.relpath(written)}")


@contextlib.contextmanager
def _perf(pid, target, folder):
    """Call chains by frame pointer: start the JVM with -XX:+PreserveFramePointer to see Java callers."""
    if not find("perf"):
        raise BenchError("--profile perf: perf is not on the PATH")
    log, written = os.path.join(folder, "perf.log"), target + ".perf"
    with started([find("perf"), "record", "-F", "499", "-g", "-p", str(pid), "-o", written], log) as process:
        time.sleep(0.3)
        if has_exited(process):
            raise BenchError(f"perf record ended at once:\n{tail(log)}")
        yield written
        os.kill(process.pid, signal.SIGINT)  # perf writes its file on INT
        deadline = time.monotonic() + 15
        while not has_exited(process) and time.monotonic() < deadline:
            time.sleep(0.05)
    jcmd = _jcmd(pid)
    if jcmd:
        output_of([jcmd, str(pid), "Compiler.perfmap"])  # names of compiled methods, for perf report


@contextlib.contextmanager
def _jfr(pid, target, _folder):
    jcmd, written = _jcmd(pid), target + ".jfr"
    if not jcmd:
        raise BenchError("--profile jfr: no jcmd beside the JVM of the process, nor on the PATH")
    said = output_of([jcmd, str(pid), "JFR.start", "name=bench", "settings=profile"])
    if "Started recording" not in said:
        raise BenchError(f"--profile jfr: {said.strip()}")
    yield written
    output_of([jcmd, str(pid), "JFR.stop", "name=bench", f"filename={written}"])


def live_heap(pid):
    """Bytes of live Java objects after a full collection, or None when the process is no JVM that jcmd can ask."""
    jcmd = _jcmd(pid)
    for line in output_of([jcmd, str(pid), "GC.class_histogram"], 60).splitlines() if jcmd else ():
        words = line.split()
        if words and words[0] == "Total":
            return int(words[2])
    return None


def _jcmd(pid):
    """jcmd of the JDK that runs the process, else the one on the PATH."""
    program = os.readlink(f"/proc/{pid}/exe")
    if os.path.basename(program) != "java":
        return None
    beside = os.path.join(os.path.dirname(program), "jcmd")
    return beside if os.access(beside, os.X_OK) else shutil.which("jcmd")
