# SPDX-License-Identifier: Apache-2.0
"""What a result has to say about where it came from."""
import os
import platform

from .procs import find, output_of


def facts():
    """Kernel, CPUs, memory, versions of the tools, and how busy the machine was already."""
    return {
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "cpu_model": _cpu_model(),
        "load_before": load(),
        "python": platform.python_version(),
        "wrk": _wrk_version(),
    }


def load():
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def _cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as source:
        for line in source:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "unknown"


def _wrk_version():
    words = output_of([find("wrk") or "wrk", "-v"]).split()
    return words[1] if len(words) > 1 else "unknown"


def java_of(pid):
    """(what `java -version` of the process's own executable says, its heap-relevant command-line options)."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")
        with open(f"/proc/{pid}/cmdline", "rb") as source:
            words = source.read().decode("utf-8", "replace").split("\0")
    except OSError:
        return "unknown", []
    if os.path.basename(program) != "java":
        return os.path.basename(program), []
    lines = output_of([program, "-version"]).strip().splitlines()
    return (lines[-1] if lines else "unknown"), [word for word in words if word.startswith("-X")]
