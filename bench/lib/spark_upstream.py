# SPDX-License-Identifier: Apache-2.0
"""The upstreams of `list` and `pods`: a History Server with many finished applications, and many tiny drivers, some of which hang.

A program of its own (`spark_upstream.py FILE FINISHED DRIVERS HANGING`). Writes the History Server's port and then the drivers'
to FILE, one a line; the last HANGING drivers accept connections and never answer. Entries look as Spark 4.3 writes them.
"""
import asyncio
import contextlib
import os
import sys

SLICE = 256 << 10


@contextlib.contextmanager
def running(folder, finished, drivers, hanging):
    """This program in a process of its own; yields the ports, the History Server's first."""
    from .procs import started, wait_for  # not for the program itself, which knows no package

    port_file, log = os.path.join(folder, "ports"), os.path.join(folder, "upstreams.log")
    argv = [sys.executable, os.path.abspath(__file__), port_file, str(finished), str(drivers), str(hanging)]
    with started(argv, log) as process:
        wait_for(process, lambda: os.path.exists(port_file), "the upstreams", log)
        with open(port_file, encoding="ascii") as source:
            yield [int(line) for line in source]


def driver_id(number):
    """The first has the id that `peers` configures."""
    return "bench-app" if number == 0 else f"app-20260101120000-{number:04}"


def entry(app_id, completed):
    """One element of Spark's list."""
    end, log = ("2026-11-21T06:38:38.375GMT", ",\n    \"exitCode\" : 0,\n    \"logSourceName\" : \"eventlog_v2_" + app_id + "\"") \
        if completed else ("1969-12-31T23:59:59.999GMT", "")
    return f"""{{
  "id" : "{app_id}",
  "name" : "nightly {app_id}",
  "attempts" : [ {{
    "startTime" : "2026-11-21T05:38:38.375GMT",
    "endTime" : "{end}",
    "lastUpdated" : "2026-11-21T05:38:38.375GMT",
    "duration" : 212728,
    "sparkUser" : "root",
    "completed" : {"true" if completed else "false"},
    "appSparkVersion" : "4.3.0"{log},
    "startTimeEpoch" : 1795239518375,
    "endTimeEpoch" : {1795243118375 if completed else -1},
    "lastUpdatedEpoch" : 1795239518375
  }} ]
}}""".encode()


def listed(entries):
    """Spark's list of them."""
    return b"[ " + b", ".join(entries) + b" ]"


async def answer(reader, writer, body_for):
    """Answers one connection's requests until it closes."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = body_for(head.split(b" ", 2)[1].decode("ascii"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
            for start in range(0, len(body), SLICE):
                writer.write(body[start:start + SLICE])
                await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the proxy went away: its side will report it
    finally:
        writer.close()


async def run(port_file, finished, drivers, hanging):
    """Serves for ever; ends with a signal."""
    entries = [entry(f"app-20250101120000-{number:06}", True) for number in range(finished)]
    whole = memoryview(listed(entries))

    def history(target):
        if "status=running" in target:
            return listed([])
        limit = target.partition("limit=")[2].partition("&")[0]
        return listed(entries[:int(limit)]) if limit else whole

    async def hang(_reader, writer):
        await asyncio.sleep(1e9)
        writer.close()

    def driver(number):
        body = listed([entry(driver_id(number), False)])
        return lambda reader, writer: answer(reader, writer, lambda _: body)

    callbacks = [lambda reader, writer: answer(reader, writer, history)]
    callbacks += [hang if number >= drivers - hanging else driver(number) for number in range(drivers)]
    servers = [await asyncio.start_server(each, "127.0.0.1", 0, backlog=256) for each in callbacks]
    with open(port_file + ".new", "w", encoding="ascii") as target:
        target.writelines(f"{server.sockets[0].getsockname()[1]}\n" for server in servers)
    os.rename(port_file + ".new", port_file)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], *map(int, sys.argv[2:5])))
