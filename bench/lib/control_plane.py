# SPDX-License-Identifier: Apache-2.0
"""A Kubernetes API server with its etcd, for `pods`, and pods in it: Gatehouse's own tests' programs (`scripts/cluster-binaries`)."""
import contextlib
import http.client
import json
import os
import queue
import ssl
import subprocess
import threading
import time

from . import peers
from .procs import BenchError, find, free_port, output_of, require, started, wait_for

_TOKEN = "bench-admin"
_NODE = "bench-node"
_IDLE_SECONDS = 10


class Api:
    """Speaks to the API server as an admin, over one kept connection for each thread."""

    def __init__(self, port, certificate):
        self._port = port
        self._context = ssl.create_default_context(cafile=certificate)
        self._local = threading.local()

    def call(self, method, path, body=None, content_type="application/json"):
        """The answer's JSON; text where it is none."""
        connection = self._connection()
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Authorization": f"Bearer {_TOKEN}", "Content-Type": content_type})
        response = connection.getresponse()
        text = response.read().decode()
        if response.status >= 300:
            raise BenchError(f"{method} {path} was answered with {response.status}: {text[:300]}")
        return json.loads(text) if text.startswith("{") else text

    def _connection(self):
        """This thread's own; a new one where the last has been idle for so long that the API server may have closed it."""
        connection, used = getattr(self._local, "connection", (None, 0))
        if connection is None or time.monotonic() - used > _IDLE_SECONDS:
            connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._context, timeout=60)
        self._local.connection = connection, time.monotonic()
        return connection

    def is_ready(self):
        """Whether it answers as it should; never fails."""
        try:
            return self.call("GET", "/readyz") == "ok"
        except (BenchError, OSError, http.client.HTTPException):
            self._local.connection = None, 0
            return False

    def pod_requests(self):
        """How many requests for pods the API server has been asked, by verb."""
        counts = {}
        for line in self.call("GET", "/metrics").splitlines():
            if line.startswith("apiserver_request_total{") and 'resource="pods"' in line and 'subresource=""' in line:
                verb = line.partition('verb="')[2].partition('"')[0]
                counts[verb] = counts.get(verb, 0) + float(line.rpartition(" ")[2])
        return counts

    def in_parallel(self, tasks, threads=16):
        """Calls all of them, many at a time."""
        todo, failures = queue.SimpleQueue(), []
        for task in tasks:
            todo.put(task)

        def work():
            while not failures:
                try:
                    task = todo.get_nowait()
                except queue.Empty:
                    return
                try:
                    task()
                except (BenchError, OSError, http.client.HTTPException) as failure:
                    failures.append(failure)

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise failures[0]


def pod(app_id, port):
    """A driver's pod as Spark makes it, as far as its size and what is read of it go."""
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": f"{app_id}-driver",
            "labels": {"spark-role": "driver", "spark-app-selector": app_id, "spark-app-name": f"nightly-{app_id}", "spark-version": "4.3.0"},
            "annotations": {"example.com/padding": "x" * 4000},
        },
        "spec": {
            "nodeName": _NODE, "restartPolicy": "Never", "automountServiceAccountToken": False,
            "containers": [{
                "name": "spark-kubernetes-driver", "image": "spark:4.3.0",
                "ports": [{"name": "driver-rpc-port", "containerPort": 7078}, {"name": "blockmanager", "containerPort": 7079},
                          {"name": "spark-ui", "containerPort": port}],
                "env": [{"name": "SPARK_USER", "value": "alice"}, {"name": "SPARK_APPLICATION_ID", "value": app_id}]
                       + [{"name": f"SETTING_{number}", "value": "y" * 40} for number in range(40)],
            }],
        },
    }


def running():
    """The status of a driver that is ready."""
    return {"status": {
        "phase": "Running", "podIP": "127.0.0.1", "podIPs": [{"ip": "127.0.0.1"}],
        "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "spark-kubernetes-driver", "image": "spark:4.3.0", "imageID": "", "ready": True, "restartCount": 0,
                               "state": {"running": {"startedAt": "2026-11-21T05:38:38Z"}}}],
    }}


def failed():
    """The status of a driver that was killed for want of memory."""
    return {"status": {
        "phase": "Failed",
        "containerStatuses": [{"name": "spark-kubernetes-driver", "image": "spark:4.3.0", "imageID": "", "ready": False, "restartCount": 0,
                               "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-21T06:38:38Z"}}}],
    }}


def write_kubeconfig(folder, port, certificate):
    """For Gatehouse; returns its path."""
    path = os.path.join(folder, "kubeconfig")
    with open(path, "w", encoding="ascii") as target:
        json.dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "bench",
            "clusters": [{"name": "bench", "cluster": {"server": f"https://127.0.0.1:{port}", "certificate-authority": certificate}}],
            "users": [{"name": "bench", "user": {"token": _TOKEN}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        }, target)
    return path


@contextlib.contextmanager
def start(folder):
    """An empty cluster; yields its `Api`, the path of a kubeconfig and the API server's pid."""
    require("openssl")
    binaries = output_of([os.path.join(peers.REPO, "scripts", "cluster-binaries")], seconds=3600).strip().splitlines()[-1]
    both = peers.make_certificate(folder)
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    account = os.path.join(folder, "account.pem")
    subprocess.run([find("openssl"), "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", account], check=True)
    tokens = os.path.join(folder, "tokens.csv")
    with open(tokens, "w", encoding="ascii") as target:
        target.write(f'{_TOKEN},admin,admin,"system:masters"\n')
    store, peer, port = free_port(), free_port(), free_port()
    etcd_log, server_log = os.path.join(folder, "etcd.log"), os.path.join(folder, "kube-apiserver.log")
    etcd = [os.path.join(binaries, "etcd"), "--data-dir", os.path.join(folder, "etcd"), "--unsafe-no-fsync",
            "--listen-client-urls", f"http://127.0.0.1:{store}", "--advertise-client-urls", f"http://127.0.0.1:{store}",
            "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
            "--initial-cluster", f"default=http://127.0.0.1:{peer}", "--watch-progress-notify-interval=5s"]
    server = [os.path.join(binaries, "kube-apiserver"), f"--etcd-servers=http://127.0.0.1:{store}", "--bind-address=127.0.0.1",
              f"--secure-port={port}", "--advertise-address=127.0.0.1", f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}",
              f"--cert-dir={folder}", "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC",
              f"--token-auth-file={tokens}", "--service-account-issuer=https://kubernetes.default.svc",
              f"--service-account-signing-key-file={account}", f"--service-account-key-file={account}",
              "--endpoint-reconciler-type=none", "--disable-admission-plugins=ServiceAccount"]
    api = Api(port, certificate)
    with started(etcd, etcd_log), started(server, server_log) as process:
        wait_for(process, api.is_ready, "the API server", server_log, seconds=120)
        yield api, write_kubeconfig(folder, port, certificate), process.pid
    os.remove(both)
