# SPDX-License-Identifier: Apache-2.0
"""Child processes that always end: on return, on an error, on Ctrl-C, and when this process is killed.

Only what was started here is ever signalled, by the pid and the process group that `started` got. No lookup by name.
"""
import contextlib
import ctypes
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded before any fork: the child only calls into it
_GIVEN = set()  # ports


class BenchError(Exception):
    """A run that cannot start or whose figures mean nothing. The message is for the user; no stack is shown."""


def main(body):
    """Runs `body()` as a script's main and exits with its return value: 0 good, 1 a limit broken, 2 no valid run, 3 a bug here,
    130 interrupted.

    TERM and HUP are treated as Ctrl-C, so that the context managers end the children. Further signals are ignored
    meanwhile, or an impatient second Ctrl-C would leave processes behind.
    """
    ending = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_signal, _frame):
        for each in ending:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in ending:
        signal.signal(each, interrupt)
    try:
        code = body()
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 2
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()  # a bug in these scripts must not look like a broken limit
        code = 3
    except KeyboardInterrupt:
        print("interrupted; everything started here was ended", file=sys.stderr)
        code = 130
    sys.exit(code)


def say(text):
    """Progress, on standard error: standard output holds only results."""
    print(text, file=sys.stderr, flush=True)


def require(*programs):
    """Fails with the names of the programs that are not on the PATH (nor in the sbin folders, where nginx and HAProxy live)."""
    missing = [program for program in programs if not find(program)]
    if missing:
        raise BenchError(f"not installed or not on the PATH: {', '.join(missing)}")


def find(program):
    """The path of `program`, or None."""
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which(program, path=search)


def free_port():
    """A TCP port on loopback that nobody listened on a moment ago, and that was not given before: whoever got it may not listen yet."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


def raise_file_limit():
    """Lifts the soft limit of open files to the hard one, here and for the children. Returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@contextlib.contextmanager
def work_folder():
    """A temporary folder for configs, logs and test files; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        yield folder


def _die_with_parent():
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextlib.contextmanager
def started(argv, log, env=None):
    """Runs `argv` in a session of its own, both outputs appended to the file `log`; ends the whole group on leaving."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env,
            start_new_session=True, preexec_fn=_die_with_parent)
    try:
        yield process
    finally:
        _stop(process)


def has_exited(process):
    """Whether the process ended. Does not reap it: until `_stop` has, its pid and group id cannot be given to anyone else."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _stop(process, grace=8.0):
    if process.returncode is not None:
        return
    if not has_exited(process):
        os.kill(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while not has_exited(process) and time.monotonic() < deadline:
            time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # the leader when it did not obey, and workers it left behind
    process.wait()


def tail(log, lines=15):
    """The last lines of a log, for an error message."""
    with open(log, "rb") as source:
        return b"\n".join(source.read()[-8192:].splitlines()[-lines:]).decode("utf-8", "replace")


def wait_for(process, ready, what, log, seconds=60):
    """Polls `ready()` until it is true; fails with the end of the log when the process ends first, or after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if has_exited(process):
            raise BenchError(f"{what} ended before it was ready:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise BenchError(f"{what} was not ready within {seconds} s:\n{tail(log)}")
        time.sleep(0.05)


def listens(port):
    """Whether a TCP connect to the loopback port succeeds."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def output_of(argv, seconds=20):
    """Both outputs of a short command as text, or '' when it cannot be run."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        return done.stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
