# SPDX-License-Identifier: Apache-2.0
"""The proxies that are compared, and their upstreams: one context manager each, all on loopback and free ports.

Every proxy gets one worker or event loop, keep-alive on both sides, and an access log to a file. Where a setting makes a
peer cheaper without changing what it does (larger buffers, buffered log, no temporary files, no request limit per
connection), it is on: the comparison is with the others at their best. The `-default` peers have their own buffer sizes.
"""
import contextlib
import os
import re
import sys
from dataclasses import dataclass

from . import pattern
from .procs import BenchError, find, free_port, listens, output_of, require, started, wait_for

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APPLICATION = "bench-app"
_IDLE_SECONDS = 60
_HEAD_SECONDS = 10
_NGINX_BUFFERS = "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 256k;"
_HAPROXY_BUFFERS = "tune.bufsize 65536"


@dataclass(frozen=True)
class Peer:
    """A running proxy. `pid` is its main process; `prefix` comes before the upstream's path in a URL through it; `management` is the port
    of Gatehouse's metrics."""
    name: str
    pid: int
    port: int
    version: str
    prefix: str = ""
    management: int = 0
    scheme: str = "http"

    def path(self, upstream_path):
        return self.prefix + upstream_path


@dataclass(frozen=True)
class Options:
    """What the command line may change about the peers."""
    access_log: str = "buffered"  # buffered, line or off
    connections: int = 1024
    gatehouse: str = os.path.join(REPO, "gatehouse")
    java_flags: str = ""
    extra_config: str = ""  # YAML appended to Gatehouse's config
    variables: tuple = ()  # of Gatehouse's environment, as (("GATEHOUSE_UI_PORT", "4040"), …)
    upstream_seconds: int = 180  # nginx and HAProxy: how long an upstream may be silent
    certificate: str = ""  # PEM with key and certificate; the doors speak TLS where it is set

    @property
    def scheme(self):
        return "https" if self.certificate else "http"


def add_arguments(parser, default_peers):
    """The options that all scripts have; `--peers` only with a default for it."""
    if default_peers:
        parser.add_argument("--peers", default=default_peers, type=peer_list, metavar="A,B",
                            help=f"of {', '.join(STARTERS)} (default: {default_peers})")
    parser.add_argument("--gatehouse", default=Options.gatehouse, metavar="FILE",
                        help="the start script (default: the one in this repository)")
    parser.add_argument("--flags", default="", metavar="JVM-OPTIONS",
                        help="options for Gatehouse's JVM, passed as GATEHOUSE_JAVA_OPTS")
    parser.add_argument("--extra-config", metavar="FILE", help="YAML that is appended to Gatehouse's generated config")
    parser.add_argument("--access-log", choices=("buffered", "line", "off"), default="buffered",
                        help="nginx: written in blocks or line by line; off: no access log anywhere")


def parse(parser):
    """`parse_args` that takes `--flags "-Xmx64m"` too: argparse alone would see an option in the value."""
    words = sys.argv[1:]
    for at, word in enumerate(words[:-1]):
        if word == "--flags":
            words[at:at + 2] = [f"--flags={words[at + 1]}"]
            break
    return parser.parse_args(words)


def make_certificate(folder):
    """A key (ECDSA P-256, as most sites have) and a certificate of its own for loopback, in one PEM file; returns its path."""
    require("openssl")
    key, certificate, both = (os.path.join(folder, name) for name in ("key.pem", "certificate.pem", "both.pem"))
    output_of([find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
               "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate])
    with open(both, "wb") as target:
        for part in (certificate, key):
            with open(part, "rb") as source:
                target.write(source.read())
    return both


def options_of(arguments, connections=1024, certificate=""):
    """The `Options` for parsed arguments."""
    extra = ""
    if arguments.extra_config:
        with open(arguments.extra_config, encoding="utf-8") as source:
            extra = source.read()
    return Options(arguments.access_log, connections, os.path.abspath(arguments.gatehouse), arguments.flags, extra, certificate=certificate)


def peer_list(text, starters=None):
    """For argparse: names of `starters`, this module's unless told."""
    known = starters or STARTERS
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise BenchError(f"unknown peer {', '.join(unknown) or '(none)'}; known: {', '.join(known)}")
    return names


def start(name, upstream_port, folder, options):
    """The context manager of the named peer, in front of the upstream."""
    return STARTERS[name](upstream_port, folder, options)


# ---- upstreams

@contextlib.contextmanager
def static_upstream(folder, root):
    """nginx with two workers that serves the files below `root`; yields its port."""
    port = free_port()
    http = f"""
    access_log off;
    sendfile on;
    open_file_cache max=100 inactive=600s;
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    server {{ listen 127.0.0.1:{port} backlog=1024; root {root}; default_type application/octet-stream; }}
"""
    with nginx_in("upstream", folder, 2, 2048, http, port):
        yield port


@contextlib.contextmanager
def body_upstream(folder):
    """`body_upstream.py`; yields (port, file of the pattern's block)."""
    port, block_file = free_port(), os.path.join(folder, "block.bin")
    log = os.path.join(folder, "body-upstream.log")
    pattern.write_block(block_file)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "body_upstream.py")
    with started([sys.executable, script, str(port), block_file], log) as process:
        wait_for(process, lambda: listens(port), "the upstream", log)
        yield port, block_file


# ---- proxies

@contextlib.contextmanager
def nginx_in(name, folder, workers, connections, http, port):
    """nginx in the foreground, with all its files in a folder of its own."""
    require("nginx")
    home = os.path.join(folder, f"nginx-{name}")
    os.makedirs(home)
    user = "user root root;\n" if os.geteuid() == 0 else ""  # its default user could not read the temporary folder
    temporary = "".join(f"    {kind}_temp_path {home}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config, log = os.path.join(home, "nginx.conf"), os.path.join(home, "error.log")
    with open(config, "w", encoding="utf-8") as target:
        target.write(f"""{user}daemon off;
worker_processes {workers};
pid {home}/nginx.pid;
error_log stderr warn;
events {{ worker_connections {connections}; }}
http {{
{temporary}{http}}}
""")
    with started([find("nginx"), "-e", "stderr", "-p", home, "-c", config], log) as process:
        wait_for(process, lambda: listens(port), f"nginx ({name})", log)
        yield process


@contextlib.contextmanager
def nginx(upstream_port, folder, options, name="nginx", buffers=_NGINX_BUFFERS):
    """nginx as reverse proxy, one worker. With its default buffers a 100 KiB answer costs more than twice as much."""
    port = free_port()
    write = {"buffered": " buffer=64k flush=1s", "line": ""}.get(options.access_log)
    log = "access_log off;" if write is None else f"access_log {folder}/{name}-access.log door{write};"
    http = f"""
    log_format door escape=json '{{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","path":"$request_uri",'
        '"protocol":"$server_protocol","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,'
        '"upstream":"$upstream_addr","upstream_seconds":"$upstream_response_time","agent":"$http_user_agent"}}';
    {log}
    keepalive_timeout {_IDLE_SECONDS}s;
    keepalive_requests 1000000000;
    client_header_timeout {_HEAD_SECONDS}s;
    client_max_body_size 0;
    upstream up {{
        server 127.0.0.1:{upstream_port};
        keepalive 128;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port}{" ssl" if options.certificate else ""} backlog=4096;
        {f"ssl_certificate {options.certificate}; ssl_certificate_key {options.certificate};" if options.certificate else ""}
        location / {{
            proxy_pass http://up;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_request_buffering off;
            proxy_max_temp_file_size 0;
            {buffers}
            proxy_read_timeout {options.upstream_seconds}s;
            proxy_send_timeout {options.upstream_seconds}s;
            send_timeout 180s;
        }}
    }}
"""
    version = output_of([find("nginx") or "nginx", "-v"]).partition("/")[2].strip()
    with nginx_in(f"as-{name}", folder, 1, options.connections + 1024, http, port) as process:
        yield Peer(name, process.pid, port, version, scheme=options.scheme)


def nginx_default(upstream_port, folder, options):
    """nginx with the buffers it has when nobody sets them: dearer per byte, smaller per slow reader."""
    return nginx(upstream_port, folder, options, "nginx-default", "")


@contextlib.contextmanager
def haproxy(upstream_port, folder, options, name="haproxy", tuning=_HAPROXY_BUFFERS, more=""):
    """HAProxy, one thread; its access log goes line by line to a file (it has no buffered form)."""
    require("haproxy")
    port = free_port()
    home = os.path.join(folder, name)
    os.makedirs(home)
    config, log = os.path.join(home, "haproxy.cfg"), os.path.join(home, "output.log")
    logging = ("", "") if options.access_log == "off" else ("log stdout format raw local0 info", "log global\n    option httplog")
    with open(config, "w", encoding="utf-8") as target:
        target.write(f"""global
    nbthread 1
    {tuning}
    maxconn {options.connections + 512}
    {logging[0]}
defaults
    mode http
    {logging[1]}
    http-reuse always
    {more}
    timeout connect 5s
    timeout client 180s
    timeout server {options.upstream_seconds}s
    timeout http-request {_HEAD_SECONDS}s
    timeout http-keep-alive {_IDLE_SECONDS}s
frontend door
    bind 127.0.0.1:{port} backlog 4096{f" ssl crt {options.certificate} alpn http/1.1" if options.certificate else ""}
    default_backend up
backend up
    server upstream 127.0.0.1:{upstream_port}
""")
    version = re.search(r"version (\S+)", output_of([find("haproxy"), "-v"]) + " version unknown")[1]
    with started([find("haproxy"), "-db", "-f", config], log) as process:
        wait_for(process, lambda: listens(port), "haproxy", log)
        yield Peer(name, process.pid, port, version, scheme=options.scheme)


def haproxy_default(upstream_port, folder, options):
    """HAProxy with the buffers it has when nobody sets them (16 KiB): twice as dear for 10 MiB."""
    return haproxy(upstream_port, folder, options, "haproxy-default", "")


def haproxy_splice(upstream_port, folder, options):
    """HAProxy that may move bodies in the kernel, as Gatehouse does."""
    return haproxy(upstream_port, folder, options, "haproxy-splice", more="option splice-auto")


@contextlib.contextmanager
def gatehouse(upstream_port, folder, options):
    """`gatehouse serve` with one event loop; ready when its ready file stands and the door answers a connect."""
    if not os.access(options.gatehouse, os.X_OK):
        raise BenchError(f"no start script at {options.gatehouse}: build Gatehouse first, or give --gatehouse FILE")
    port, management = free_port(), free_port()
    home = os.path.join(folder, "gatehouse")
    os.makedirs(home)
    config, ready, log = (os.path.join(home, name) for name in ("gatehouse.yaml", "ready", "output.log"))
    access_log = "" if options.access_log == "off" else f"accessLog: {{output: {home}/access.log}}\n"
    tls = f", tls: {{certFile: {options.certificate}, keyFile: {options.certificate}}}" if options.certificate else ""
    with open(config, "w", encoding="utf-8") as target:
        target.write(f"""threads: 1
ui: {{address: 127.0.0.1, port: {port}{tls}}}
management: {{address: 127.0.0.1, port: {management}}}
{access_log}discovery:
  applications:
    - {{id: {APPLICATION}, url: "http://127.0.0.1:{upstream_port}"}}
{options.extra_config}""")
    env = dict(os.environ, **dict(options.variables))
    if options.java_flags:
        env["GATEHOUSE_JAVA_OPTS"] = options.java_flags
    argv = [options.gatehouse, "serve", "--config", config, "--ready-file", ready]
    with started(argv, log, env) as process:
        wait_for(process, lambda: os.path.exists(ready) and listens(port), "gatehouse", log)
        version = gatehouse_version(options.gatehouse)
        yield Peer("gatehouse", process.pid, port, version, f"/sparkui/{APPLICATION}", management, options.scheme)


def gatehouse_version(script):
    lines = output_of([script, "--version"]).strip().splitlines() or ["unknown"]
    commit = output_of(["git", "-C", os.path.dirname(script), "rev-parse", "--short", "HEAD"]).strip()
    return f"{lines[0]} ({commit})" if re.fullmatch("[0-9a-f]+", commit) else lines[0]


STARTERS = {
    "nginx": nginx, "nginx-default": nginx_default,
    "haproxy": haproxy, "haproxy-default": haproxy_default, "haproxy-splice": haproxy_splice,
    "gatehouse": gatehouse,
}
