# SPDX-License-Identifier: Apache-2.0
"""The proxies that carry gRPC without TLS, in front of one upstream: nghttpd, which answers files and says grpc-status 0 behind them.

What `peers` says of the others at their best holds here too. Gatehouse has everything on: login (each call shows an API key, which the
others pass on), routing by session, the identity appended to each message, the access log.
"""
import contextlib
import hashlib
import os
import re
import struct
import time

from . import peers
from .peers import Peer, Options, nginx_in, gatehouse_version
from .procs import BenchError, find, free_port, listens, output_of, require, started, wait_for

SERVICE = "/spark.connect.SparkConnectService/"
UNARY, STREAM, PROBE = SERVICE + "Config", SERVICE + "ExecutePlan", SERVICE + "ReleaseExecute"
_SESSION = b"0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
_MESSAGE = 4 << 20
_KEY = "ghk_" + "bench" * 9
AUTHORIZATION = "authorization: Bearer " + _KEY


def framed(message):
    """A gRPC message: a flag, a length, the bytes."""
    return struct.pack(">BI", 0, len(message)) + message


def request():
    """A message of Spark Connect: session, user, and a field of a hundred bytes."""
    user = b"\x0a\x05bench"
    return framed(b"\x0a" + bytes([len(_SESSION)]) + _SESSION + b"\x12" + bytes([len(user)]) + user + b"\x1a\x64" + b"x" * 100)


def answer():
    """What the upstream says to a unary call."""
    return framed(b"\x0a" + bytes([len(_SESSION)]) + _SESSION + b"\x12\x20" + b"y" * 32)


@contextlib.contextmanager
def upstream(folder, stream_bytes):
    """nghttpd with two workers; yields its port."""
    require("nghttpd")
    root, log, port = os.path.join(folder, "answers"), os.path.join(folder, "nghttpd.log"), free_port()
    os.makedirs(root + SERVICE)
    session = b"\x0a" + bytes([len(_SESSION)]) + _SESSION
    for path, content in ((UNARY, answer()), (PROBE, framed(session)),
                          (STREAM, framed(b"z" * _MESSAGE) * (stream_bytes // _MESSAGE))):
        with open(root + path, "wb") as target:
            target.write(content)
    argv = [find("nghttpd"), "--no-tls", "-n2", "-d", root, "--trailer=grpc-status: 0", "-w", "24", "-W", "26", str(port)]
    with started(argv, log) as process:
        wait_for(process, lambda: listens(port), "nghttpd", log)
        yield port


@contextlib.contextmanager
def direct(port, _folder, _options):
    """No proxy: the upstream itself. Its CPU is not measured."""
    yield Peer("direct", 0, port, "")


@contextlib.contextmanager
def nginx(port, folder, options):
    """nginx, one worker: `grpc_pass` has one call at a time on a connection."""
    door = free_port()
    log = "access_log off;" if options.access_log == "off" else f"access_log {folder}/nginx-grpc.log combined buffer=64k flush=1s;"
    http = f"""
    {log}
    keepalive_requests 1000000000;
    client_max_body_size 0;
    http2_max_concurrent_streams 1024;
    upstream up {{ server 127.0.0.1:{port}; keepalive 256; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{door} http2 backlog=4096;
        location / {{ grpc_pass grpc://up; grpc_buffer_size 64k; grpc_read_timeout 180s; }}
    }}
"""
    version = output_of([find("nginx") or "nginx", "-v"]).partition("/")[2].strip()
    with nginx_in("grpc", folder, 1, options.connections + 1024, http, door) as process:
        yield Peer("nginx", process.pid, door, version)


@contextlib.contextmanager
def haproxy(port, folder, options):
    """HAProxy, one thread, HTTP/2 on both sides."""
    require("haproxy")
    door = free_port()
    config, log = os.path.join(folder, "haproxy-grpc.cfg"), os.path.join(folder, "haproxy-grpc.log")
    logging = ("", "") if options.access_log == "off" else ("log stdout format raw local0 info", "log global\n    option httplog")
    with open(config, "w", encoding="utf-8") as target:
        target.write(f"""global
    nbthread 1
    tune.bufsize 65536
    maxconn {options.connections + 512}
    {logging[0]}
defaults
    mode http
    {logging[1]}
    http-reuse always
    timeout connect 5s
    timeout client 180s
    timeout server 180s
frontend door
    bind 127.0.0.1:{door} proto h2 backlog 4096
    default_backend up
backend up
    server upstream 127.0.0.1:{port} proto h2
""")
    version = re.search(r"version (\S+)", output_of([find("haproxy"), "-v"]) + " version unknown")[1]
    with started([find("haproxy"), "-db", "-f", config], log) as process:
        wait_for(process, lambda: listens(door), "haproxy", log)
        yield Peer("haproxy", process.pid, door, version)


@contextlib.contextmanager
def nghttpx(port, folder, options):
    """nghttpx, one worker, in a process of its own."""
    require("nghttpx")
    door, log = free_port(), os.path.join(folder, "nghttpx.log")
    access = [] if options.access_log == "off" else [f"--accesslog-file={folder}/nghttpx-access.log"]
    config = os.path.join(folder, "nghttpx.conf")
    open(config, "wb").close()
    argv = [find("nghttpx"), f"--conf={config}", f"--frontend=127.0.0.1,{door};no-tls", f"--backend=127.0.0.1,{port};;proto=h2", "--workers=1",
            "--frontend-http2-window-size=1048576", "--backend-http2-window-size=1048576",
            "--frontend-http2-connection-window-size=16777216", "--backend-http2-connection-window-size=16777216",
            "--errorlog-file=" + log, *access]
    version = output_of([find("nghttpx"), "--version"]).partition("/")[2].strip()
    with started(argv, log) as process:
        wait_for(process, lambda: listens(door), "nghttpx", log)
        yield Peer("nghttpx", process.pid, door, version)


@contextlib.contextmanager
def gatehouse(port, folder, options: Options):
    """`gatehouse serve` with one event loop, a login by API key, and one pool, whose server is the upstream."""
    if not os.access(options.gatehouse, os.X_OK):
        raise BenchError(f"no start script at {options.gatehouse}: build Gatehouse first, or give --gatehouse FILE")
    door, ui, management = free_port(), free_port(), free_port()
    home = os.path.join(folder, "gatehouse-grpc")
    os.makedirs(home)
    config, ready, log = (os.path.join(home, name) for name in ("gatehouse.yaml", "ready", "output.log"))
    access_log = "accessLog: {output: off}" if options.access_log == "off" else f"accessLog: {{output: {home}/access.log}}"
    keys = os.path.join(home, "api-keys")
    with open(keys, "w", encoding="utf-8") as target:
        target.write(f"bench-user:{hashlib.sha256(_KEY.encode()).hexdigest()}\n")
    with open(config, "w", encoding="utf-8") as target:
        target.write(f"""threads: 1
ui: {{port: {ui}}}
management: {{port: {management}}}
connect: {{port: {door}}}
identity: {{apiKeysFile: {keys}}}
pools: [{{name: bench, servers: [{{url: "http://127.0.0.1:{port}"}}]}}]
{access_log}
{options.extra_config}""")
    env = dict(os.environ)
    if options.java_flags:
        env["GATEHOUSE_JAVA_OPTS"] = options.java_flags
    with started([options.gatehouse, "serve", "--config", config, "--ready-file", ready], log, env) as process:
        wait_for(process, lambda: os.path.exists(ready) and listens(door), "gatehouse", log)
        time.sleep(2)  # the first check of the pool's server
        yield Peer("gatehouse", process.pid, door, gatehouse_version(options.gatehouse), management=management)


STARTERS = {"direct": direct, "nginx": nginx, "haproxy": haproxy, "nghttpx": nghttpx, "gatehouse": gatehouse}


def peer_list(text):
    """For argparse: names of `STARTERS`."""
    return peers.peer_list(text, STARTERS)
